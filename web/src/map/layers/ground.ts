import type { Layers } from '../scene';
import { shows, visible } from '../scene';

/** Land, water, parks, rail and buildings: quiet, below everything. */
export const ground: Layers = (scene) => {
  const { palette } = scene;
  return [
    { id: 'ground', type: 'background', paint: { 'background-color': palette.ground } },
    { id: 'land', type: 'fill', source: 'zones', paint: { 'fill-color': palette.land } },
    { id: 'green', type: 'fill', source: 'base', 'source-layer': 'green', paint: { 'fill-color': palette.green } },
    { id: 'water', type: 'fill', source: 'base', 'source-layer': 'water', filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'fill-color': palette.water } },
    {
      id: 'water-line',
      type: 'line',
      source: 'base',
      'source-layer': 'water',
      filter: ['==', ['geometry-type'], 'LineString'],
      paint: { 'line-color': palette.water, 'line-width': ['interpolate', ['linear'], ['zoom'], 10, 0.5, 16, 3] },
    },
    {
      id: 'building',
      type: 'fill',
      source: 'base',
      'source-layer': 'building',
      minzoom: 13,
      layout: visible(shows(scene, 'buildings')),
      paint: {
        'fill-color': palette.building,
        'fill-outline-color': palette.buildingEdge,
        'fill-opacity': ['interpolate', ['linear'], ['zoom'], 13, 0, 14, 1],
      },
    },
    {
      id: 'rail',
      type: 'line',
      source: 'base',
      'source-layer': 'rail',
      minzoom: 10,
      paint: { 'line-color': palette.rail, 'line-width': ['interpolate', ['linear'], ['zoom'], 10, 0.6, 16, 2], 'line-dasharray': [4, 2] },
    },
  ];
};
