import type { Layers } from '../scene';
import { colorByTime, isCovered, showsCoverage, visible } from '../scene';

/** Homes: the area of a dot follows the number of residents, its color the walking time. */
export const demand: Layers = (scene) => [
  {
    id: 'demand',
    type: 'circle',
    source: 'time',
    'source-layer': 'demand',
    minzoom: 11,
    layout: { ...visible(showsCoverage(scene, 'demand') && scene.mode !== 'compare'), 'circle-sort-key': ['case', isCovered(scene), 0, 1] },
    paint: {
      'circle-color': colorByTime(scene, scene.palette.uncovered),
      'circle-opacity': ['interpolate', ['linear'], ['zoom'], 11, 0.35, 14, 0.85],
      'circle-radius': [
        'interpolate', ['exponential', 1.6], ['zoom'],
        11, ['min', 3, ['max', 0.7, ['*', 0.16, ['sqrt', ['to-number', ['get', 'persons'], 1]]]]],
        17, ['min', 22, ['max', 2.6, ['*', 1.1, ['sqrt', ['to-number', ['get', 'persons'], 1]]]]],
      ],
      'circle-stroke-color': scene.palette.halo,
      'circle-stroke-width': ['interpolate', ['linear'], ['zoom'], 13, 0, 16, 0.8],
    },
  },
];
