import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl';
import type { Layers } from '../scene';
import { colorByTime, isCovered, showsCoverage, visible } from '../scene';

/** Widths of the streets colored by time, in pixels: at a zoom, within the cutoff and beyond. */
export const STREET_WIDTHS = [[9, 1.3, 0.75], [13, 2, 1], [17, 5.5, 3.5]] as const;

const isClass = (name: string) => ['==', ['get', 'class'], name] as const;

/** The plain streets of the base map, under the colored ones. */
export const streets: Layers = ({ palette }) => {
  const line = (id: string, more: Partial<LayerSpecification>): LayerSpecification =>
    ({ id, type: 'line', source: 'base', 'source-layer': 'street', layout: { 'line-cap': 'round', 'line-join': 'round' }, ...more }) as LayerSpecification;
  return [
    line('street-path', {
      minzoom: 13,
      filter: ['any', isClass('path'), isClass('steps')] as never,
      paint: { 'line-color': palette.path, 'line-width': ['interpolate', ['linear'], ['zoom'], 13, 0.6, 17, 2] },
    }),
    line('street-edge', {
      minzoom: 12,
      filter: ['any', isClass('minor'), isClass('major')] as never,
      paint: {
        'line-color': palette.streetEdge,
        'line-width': ['interpolate', ['exponential', 1.5], ['zoom'], 12, ['match', ['get', 'class'], 'major', 2.4, 1.4], 17, ['match', ['get', 'class'], 'major', 15, 9]],
      },
    }),
    line('street-minor', {
      minzoom: 11,
      filter: isClass('minor') as never,
      paint: { 'line-color': palette.streetMinor, 'line-width': ['interpolate', ['exponential', 1.5], ['zoom'], 11, 0.4, 12, 0.8, 17, 7.5] },
    }),
    line('street-major', {
      filter: isClass('major') as never,
      paint: { 'line-color': palette.street, 'line-width': ['interpolate', ['exponential', 1.5], ['zoom'], 7, 0.6, 12, 1.8, 17, 13] },
    }),
  ];
};

/** Every street by the walking time from its far end to the nearest facility. */
export const streetTimes: Layers = (scene) => [
  {
    id: 'street-time',
    type: 'line',
    source: 'time',
    'source-layer': 'street_time',
    layout: { 'line-cap': 'round', 'line-join': 'round', ...visible(showsCoverage(scene, 'streets')) },
    paint: {
      'line-color': colorByTime(scene, scene.palette.uncoveredStreet),
      'line-opacity': ['case', isCovered(scene), 0.94, 0.7],
      'line-width': [
        'interpolate', ['exponential', 1.4], ['zoom'],
        ...STREET_WIDTHS.flatMap(([zoom, within, beyond]) => [zoom, ['case', isCovered(scene), within, beyond]]),
      ] as unknown as ExpressionSpecification,
    },
  },
];
