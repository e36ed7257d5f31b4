import type { ExpressionSpecification } from 'maplibre-gl';
import type { Layers, Scene } from '../scene';
import { visible } from '../scene';

const isPoint = ['==', ['geometry-type'], 'Point'] as never;
const notPoint = ['!=', ['geometry-type'], 'Point'] as never;

/** Share of the most that one site could gain, by color; the square root keeps the middle apart. */
function gainColor({ palette, gainMax }: Scene): ExpressionSpecification {
  const part = ['sqrt', ['min', 1, ['/', ['to-number', ['get', 'gained_persons'], 0], Math.max(gainMax, 1e-9)]]];
  const [a, b, c, d] = palette.gain;
  return ['interpolate', ['linear'], part, 0, a, 0.35, b, 0.7, c, 1, d] as unknown as ExpressionSpecification;
}

/** Where one more site would help: every street by what a site on it would gain. */
export const gain: Layers = (scene) => {
  const shown = visible(scene.gain);
  return [
    {
      id: 'gain-street',
      type: 'line',
      source: 'gain',
      'source-layer': 'gain',
      filter: notPoint,
      layout: { 'line-cap': 'round', 'line-join': 'round', 'line-sort-key': ['to-number', ['get', 'gained_persons'], 0], ...shown },
      paint: { 'line-color': gainColor(scene), 'line-width': ['interpolate', ['exponential', 1.4], ['zoom'], 9, 1.6, 13, 3.4, 17, 9] },
    },
    {
      id: 'gain-point',
      type: 'circle',
      source: 'gain',
      'source-layer': 'gain',
      filter: isPoint,
      layout: { 'circle-sort-key': ['to-number', ['get', 'gained_persons'], 0], ...shown },
      paint: { 'circle-color': gainColor(scene), 'circle-blur': 0.35, 'circle-radius': ['interpolate', ['exponential', 1.5], ['zoom'], 9, 2.5, 13, 6, 17, 22] },
    },
  ];
};

/** Gates and closed streets of the scenario, and the half-made gate. */
export const edits: Layers = ({ palette }) => [
  {
    id: 'edit-gate',
    type: 'line',
    source: 'edits',
    filter: ['==', ['get', 'kind'], 'gate'],
    layout: { 'line-cap': 'round' },
    paint: { 'line-color': palette.accent, 'line-width': 4, 'line-dasharray': [0.2, 1.6] },
  },
  {
    id: 'edit-mark',
    type: 'circle',
    source: 'edits',
    filter: ['in', ['get', 'kind'], ['literal', ['side', 'closed-street']]],
    paint: {
      'circle-radius': 7,
      'circle-color': ['match', ['get', 'kind'], 'closed-street', palette.uncovered, palette.accent],
      'circle-stroke-color': palette.halo,
      'circle-stroke-width': 2.5,
    },
  },
  {
    id: 'edit-cross',
    type: 'symbol',
    source: 'edits',
    filter: ['==', ['get', 'kind'], 'closed-street'],
    layout: { 'icon-image': 'bar', 'icon-allow-overlap': true },
  },
];
