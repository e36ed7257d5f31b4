import type { ExpressionSpecification } from 'maplibre-gl';
import type { Layers } from '../scene';
import { colorByTime, isCovered, showsCoverage, visible } from '../scene';

/** Homes are drawn one by one from here on. */
export const HOMES_FROM_ZOOM = 11;
/** The radius of a home's dot at a zoom: `factor` times the square root of its residents, in pixels. */
export const DOTS = [
  { zoom: 11, least: 0.7, most: 3, factor: 0.16 },
  { zoom: 17, least: 2.6, most: 22, factor: 1.1 },
] as const;

/** How solid a dot is, by zoom. */
export const HOME_OPACITY = [[11, 0.35], [14, 0.85]] as const;

/** Homes: the area of a dot follows the number of residents, its color the walking time. */
export const demand: Layers = (scene) => [
  {
    id: 'demand',
    type: 'circle',
    source: 'time',
    'source-layer': 'demand',
    minzoom: HOMES_FROM_ZOOM,
    layout: { ...visible(showsCoverage(scene, 'demand') && scene.mode !== 'compare'), 'circle-sort-key': ['case', isCovered(scene), 0, 1] },
    paint: {
      'circle-color': colorByTime(scene, scene.palette.uncovered),
      'circle-opacity': ['interpolate', ['linear'], ['zoom'], ...HOME_OPACITY.flat()] as unknown as ExpressionSpecification,
      'circle-radius': [
        'interpolate', ['exponential', 1.6], ['zoom'],
        ...DOTS.flatMap(({ zoom, least, most, factor }) => [zoom, ['min', most, ['max', least, ['*', factor, ['sqrt', ['to-number', ['get', 'persons'], 1]]]]]]),
      ] as unknown as ExpressionSpecification,
      'circle-stroke-color': scene.palette.halo,
      'circle-stroke-width': ['interpolate', ['linear'], ['zoom'], 13, 0, 16, 0.8],
    },
  },
];
