import type { Palette } from '../../palette';
import type { Layers } from '../scene';

const reachColor = (palette: Palette) => ['match', ['get', 'band'], 0, palette.bands[0], 1, palette.bands[1], palette.bands[2]] as never;

/** The reach from the pin as areas, below the streets. */
export const reachAreas: Layers = ({ palette }) => [
  { id: 'reach-area', type: 'fill', source: 'reach', paint: { 'fill-color': reachColor(palette), 'fill-opacity': 0.18 } },
];

/** Streets within reach, by the smallest cutoff that reaches them. */
export const reachStreets: Layers = ({ palette }) => [
  {
    id: 'reach-street',
    type: 'line',
    source: 'reach-streets',
    layout: { 'line-cap': 'round', 'line-join': 'round', 'line-sort-key': ['-', 0, ['get', 'band']] },
    paint: {
      'line-color': reachColor(palette),
      'line-width': ['interpolate', ['exponential', 1.4], ['zoom'], 11, 1.2, 14, 2.6, 17, 6],
    },
  },
];

/** The straight-line circles of the same walks, for comparison. */
export const reachCircles: Layers = ({ palette }) => [
  { id: 'reach-circle', type: 'line', source: 'reach-circle', paint: { 'line-color': palette.labelQuiet, 'line-width': 1.4, 'line-dasharray': [3, 3] } },
];

/** The outlines of the reach, above the streets. */
export const reachEdges: Layers = ({ palette }) => [
  { id: 'reach-edge', type: 'line', source: 'reach', layout: { 'line-join': 'round' }, paint: { 'line-color': reachColor(palette), 'line-width': 1.8 } },
];

/** The walk from the pin to the chosen facility. */
export const route: Layers = ({ palette }) => [
  {
    id: 'route-edge',
    type: 'line',
    source: 'route',
    layout: { 'line-cap': 'round', 'line-join': 'round' },
    paint: { 'line-color': palette.halo, 'line-width': ['interpolate', ['linear'], ['zoom'], 11, 5, 16, 10] },
  },
  {
    id: 'route',
    type: 'line',
    source: 'route',
    layout: { 'line-cap': 'round', 'line-join': 'round' },
    paint: { 'line-color': palette.route, 'line-width': ['interpolate', ['linear'], ['zoom'], 11, 2.5, 16, 5] },
  },
];

/** The inspected place: the pin, where it meets the streets, and the access legs between; forced ones stand out. */
export const pin: Layers = ({ palette }) => [
  {
    id: 'access',
    type: 'line',
    source: 'pin',
    filter: ['==', ['geometry-type'], 'LineString'],
    paint: { 'line-color': ['case', ['boolean', ['get', 'forced'], false], palette.lost, palette.pin], 'line-width': 2.5, 'line-dasharray': [1, 1] },
  },
  {
    id: 'snapped',
    type: 'circle',
    source: 'pin',
    filter: ['==', ['get', 'kind'], 'snapped'],
    paint: { 'circle-radius': 4, 'circle-color': palette.halo, 'circle-stroke-color': palette.pin, 'circle-stroke-width': 2 },
  },
  {
    id: 'pin',
    type: 'symbol',
    source: 'pin',
    filter: ['==', ['get', 'kind'], 'pin'],
    layout: { 'icon-image': 'pin', 'icon-anchor': 'bottom', 'icon-allow-overlap': true, 'icon-ignore-placement': true },
  },
];
