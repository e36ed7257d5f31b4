import type { Layers } from '../scene';
import { FONT, FONT_BOLD } from '../scene';

/** Names of streets and places, drawn with the reader's own fonts. */
export const labels: Layers = ({ palette }) => [
  {
    id: 'street-name',
    type: 'symbol',
    source: 'base',
    'source-layer': 'street',
    minzoom: 14.5,
    filter: ['all', ['has', 'name'], ['!=', ['get', 'name'], '']],
    layout: {
      'symbol-placement': 'line',
      'text-field': ['get', 'name'],
      'text-font': FONT,
      'text-size': 11.5,
      'symbol-spacing': 320,
      'text-padding': 4,
    },
    paint: { 'text-color': palette.labelQuiet, 'text-halo-color': palette.halo, 'text-halo-width': 1.6 },
  },
  {
    id: 'place-name',
    type: 'symbol',
    source: 'base',
    'source-layer': 'place',
    filter: ['step', ['zoom'], ['match', ['get', 'kind'], ['city', 'town'], true, false], 10, ['match', ['get', 'kind'], ['city', 'town', 'village', 'suburb'], true, false], 12.5, true],
    layout: {
      'text-field': ['get', 'name'],
      'text-font': ['match', ['get', 'kind'], ['city', 'town'], ['literal', FONT_BOLD], ['literal', FONT]],
      'text-size': ['interpolate', ['linear'], ['zoom'], 8, ['match', ['get', 'kind'], ['city', 'town'], 12, 10.5], 14, ['match', ['get', 'kind'], ['city', 'town'], 17, 13]],
      'text-max-width': 8,
      'text-padding': 6,
      'symbol-sort-key': ['match', ['get', 'kind'], 'city', 0, 'town', 1, 'suburb', 2, 'village', 3, 4],
    },
    paint: { 'text-color': palette.label, 'text-halo-color': palette.halo, 'text-halo-width': 1.8 },
  },
];
