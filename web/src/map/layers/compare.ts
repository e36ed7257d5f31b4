import type { Layers } from '../scene';
import { visible } from '../scene';

/** Homes that change sides between the two states: gained in one color, lost in the other, ringed to tell them apart. */
export const difference: Layers = (scene) => [
  {
    id: 'difference',
    type: 'circle',
    source: 'difference',
    layout: { ...visible(scene.mode === 'compare'), 'circle-sort-key': ['to-number', ['get', 'persons'], 0] },
    paint: {
      'circle-color': ['match', ['get', 'change'], 'lost', scene.palette.halo, scene.palette.gained],
      'circle-stroke-color': ['match', ['get', 'change'], 'lost', scene.palette.lost, scene.palette.halo],
      'circle-stroke-width': ['match', ['get', 'change'], 'lost', 2.2, 0.8],
      'circle-opacity': 0.92,
      'circle-radius': [
        'interpolate', ['exponential', 1.6], ['zoom'],
        9, ['min', 4, ['max', 1.4, ['*', 0.2, ['sqrt', ['to-number', ['get', 'persons'], 1]]]]],
        17, ['min', 24, ['max', 4, ['*', 1.2, ['sqrt', ['to-number', ['get', 'persons'], 1]]]]],
      ],
    },
  },
];
