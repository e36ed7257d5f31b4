import type { Layers } from '../scene';

/** The inspected place: its reach, the walk, the access leg and the pin. */
export const reach: Layers = ({ palette }) => {
  const color = ['match', ['get', 'band'], 0, palette.bands[0], 1, palette.bands[1], palette.bands[2]] as never;
  return [
    { id: 'reach-area', type: 'fill', source: 'reach', paint: { 'fill-color': color, 'fill-opacity': 0.18 } },
    { id: 'reach-edge', type: 'line', source: 'reach', layout: { 'line-join': 'round' }, paint: { 'line-color': color, 'line-width': 1.8 } },
  ];
};

export const place: Layers = ({ palette }) => [
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
  {
    id: 'access',
    type: 'line',
    source: 'pin',
    filter: ['==', ['geometry-type'], 'LineString'],
    paint: { 'line-color': palette.pin, 'line-width': 2.5, 'line-dasharray': [1, 1] },
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
