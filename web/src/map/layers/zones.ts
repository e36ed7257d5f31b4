import type { Layers } from '../scene';
import { shows, visible } from '../scene';

/** Zone borders; the hovered zone and the chosen one stand out. */
export const zones: Layers = (scene) => [
  { id: 'zone-area', type: 'fill', source: 'zones', paint: { 'fill-color': scene.palette.accent, 'fill-opacity': 0 } },
  {
    id: 'zone-hover',
    type: 'fill',
    source: 'zones',
    paint: {
      'fill-color': scene.palette.accent,
      'fill-opacity': ['case', ['boolean', ['feature-state', 'hover'], false], 0.1, 0],
    },
  },
  {
    id: 'zone-border',
    type: 'line',
    source: 'zones',
    layout: { 'line-join': 'round', ...visible(shows(scene, 'zones')) },
    paint: { 'line-color': scene.palette.zone, 'line-opacity': 0.45, 'line-width': ['interpolate', ['linear'], ['zoom'], 9, 0.6, 13, 1.2], 'line-dasharray': [3, 2] },
  },
  {
    id: 'zone-chosen',
    type: 'line',
    source: 'zones',
    filter: ['==', ['get', 'id'], scene.zone ?? ''],
    layout: { 'line-join': 'round' },
    paint: { 'line-color': scene.palette.accent, 'line-width': 2.5 },
  },
];
