import type { Layers } from '../scene';
import { FONT_BOLD, visible } from '../scene';

const lock = ['get', 'lock'] as never;

/** Candidates of the last search: dots, larger where something is settled about them. */
export const planCandidates: Layers = ({ palette, mode, candidate }) => [
  {
    id: 'plan-candidate',
    type: 'circle',
    source: 'plan-candidates',
    layout: visible(mode === 'place'),
    paint: {
      'circle-color': ['match', lock, 'required', palette.accent, 'bonus', palette.accent, 'forbidden', palette.uncovered, palette.halo],
      'circle-stroke-color': ['match', lock, ['required', 'bonus', 'forbidden'], palette.halo, palette.labelQuiet],
      'circle-stroke-width': ['match', lock, ['required', 'bonus', 'forbidden'], 2, 'runner', 1.8, 0.8],
      'circle-opacity': ['match', lock, ['required', 'bonus', 'forbidden'], 1, 'runner', 0.9, 0.7],
      'circle-radius': ['interpolate', ['linear'], ['zoom'], 9, ['match', lock, 'none', 0.9, 'runner', 2, 3.2], 13, ['match', lock, 'none', 2.6, 5], 17, ['match', lock, 'none', 6, 9]],
    },
  },
  {
    id: 'plan-chosen',
    type: 'circle',
    source: 'plan-candidates',
    filter: ['==', ['get', 'id'], candidate ?? ''],
    layout: visible(mode === 'place'),
    paint: { 'circle-radius': 12, 'circle-color': palette.plan, 'circle-opacity': 0.18, 'circle-stroke-color': palette.plan, 'circle-stroke-width': 2.5 },
  },
];

/** The sites of the plan, numbered as in the list. */
export const planSites: Layers = ({ palette, mode, candidate }) => {
  const raised = ['==', ['get', 'id'], candidate ?? ''] as never;
  return [
    {
      id: 'plan-gate',
      type: 'line',
      source: 'plan-sites',
      filter: ['==', ['geometry-type'], 'LineString'],
      layout: { ...visible(mode === 'place'), 'line-cap': 'round' },
      paint: { 'line-color': palette.plan, 'line-width': 4 },
    },
    {
      id: 'plan-site',
      type: 'circle',
      source: 'plan-sites',
      filter: ['==', ['geometry-type'], 'Point'],
      layout: visible(mode === 'place'),
      paint: {
        'circle-color': palette.plan,
        'circle-stroke-color': palette.halo,
        'circle-radius': ['case', raised, 15, 11.5],
        'circle-stroke-width': ['case', raised, 3.5, 2.5],
      },
    },
    {
      id: 'plan-number',
      type: 'symbol',
      source: 'plan-sites',
      filter: ['has', 'order'],
      layout: {
        ...visible(mode === 'place'),
        'text-field': ['to-string', ['get', 'order']],
        'text-font': FONT_BOLD,
        'text-size': 12,
        'text-allow-overlap': true,
        'text-ignore-placement': true,
        'symbol-sort-key': ['get', 'order'],
      },
      paint: { 'text-color': palette.onPlan },
    },
    {
      id: 'plan-year',
      type: 'symbol',
      source: 'plan-sites',
      filter: ['has', 'opens'],
      layout: {
        ...visible(mode === 'place'),
        'text-field': ['get', 'opens'],
        'text-font': FONT_BOLD,
        'text-size': 11,
        'text-anchor': 'top',
        'text-offset': [0, 1.15],
        'text-allow-overlap': true,
        'text-ignore-placement': true,
      },
      paint: { 'text-color': palette.plan, 'text-halo-color': palette.halo, 'text-halo-width': 2 },
    },
  ];
};
