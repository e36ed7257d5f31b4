import type { Layers } from '../scene';
import { FONT_BOLD, showsGaps, visible } from '../scene';

/** Coverage gaps as areas, below the streets. */
export const gapAreas: Layers = (scene) => {
  const shown = visible(showsGaps(scene));
  const color = scene.palette.uncovered;
  const raised = ['any', ['boolean', ['feature-state', 'hover'], false], ['==', ['get', 'rank'], scene.gap ?? -1]] as never;
  return [
    { id: 'gap-area', type: 'fill', source: 'gaps', layout: shown, paint: { 'fill-color': color, 'fill-opacity': ['case', raised, 0.18, 0.09] } },
    {
      id: 'gap-edge',
      type: 'line',
      source: 'gaps',
      layout: { 'line-join': 'round', ...shown },
      paint: { 'line-color': color, 'line-opacity': ['case', raised, 1, 0.55], 'line-width': ['case', raised, 2.2, 1] },
    },
  ];
};

/** Their ranks, above everything; smaller gaps give way. */
export const gapRanks: Layers = (scene) => [
  {
    id: 'gap-rank',
    type: 'symbol',
    source: 'gap-points',
    // from afar only the worst ones, so that the map stays readable
    filter: ['<=', ['get', 'rank'], ['step', ['zoom'], 12, 11, 30, 12, 80, 13, 100000]],
    layout: {
      ...visible(showsGaps(scene)),
      'icon-image': 'gap-badge',
      'icon-allow-overlap': false,
      'text-optional': false,
      'text-field': ['to-string', ['get', 'rank']],
      'text-font': FONT_BOLD,
      'text-size': 11,
      'symbol-sort-key': ['get', 'rank'],
      'icon-padding': 1,
    },
    paint: { 'text-color': scene.palette.halo },
  },
];
