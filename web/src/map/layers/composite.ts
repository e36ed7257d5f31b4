import type { ExpressionSpecification } from 'maplibre-gl';
import { missingColors } from '../../palette';
import type { Layers } from '../scene';
import { visible } from '../scene';

/** Homes by how many of the functions asked for they lack. */
export const composite: Layers = (scene) => {
  const colors = missingColors(scene.need, scene.theme);
  const cases = colors.flatMap((color, n) => [n, color]);
  const color = cases.length === 0 ? scene.palette.facility : ['match', ['to-number', ['get', 'missing'], 0], ...cases, colors.at(-1) ?? scene.palette.facility];
  return [
    {
      id: 'composite',
      type: 'circle',
      source: 'composite',
      'source-layer': 'composite',
      layout: { ...visible(scene.composite), 'circle-sort-key': ['to-number', ['get', 'missing'], 0] },
      paint: {
        'circle-color': color as unknown as ExpressionSpecification,
        'circle-opacity': 0.9,
        'circle-radius': [
          'interpolate', ['exponential', 1.6], ['zoom'],
          9, ['min', 3, ['max', 1, ['*', 0.16, ['sqrt', ['to-number', ['get', 'persons'], 1]]]]],
          17, ['min', 22, ['max', 2.6, ['*', 1.1, ['sqrt', ['to-number', ['get', 'persons'], 1]]]]],
        ],
        'circle-stroke-color': scene.palette.halo,
        'circle-stroke-width': ['interpolate', ['linear'], ['zoom'], 13, 0, 16, 0.8],
      },
    },
  ];
};
