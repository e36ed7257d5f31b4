import type { Layers, Scene } from '../scene';
import { FONT, shows, visible } from '../scene';

/** What the scenario does to a facility. */
const change = ['coalesce', ['get', 'change'], 'none'] as never;

/** Those of the one service; where several are asked for together they would mislead. */
const showsFacilities = (scene: Scene): boolean => shows(scene, 'facilities') && !scene.composite;

/** Facilities of the chosen service; what the scenario opens, moves or upgrades stands out, what it closes is hollow. */
export const facilities: Layers = (scene) => [
  {
    id: 'facility',
    type: 'circle',
    source: 'facilities',
    layout: visible(showsFacilities(scene)),
    paint: {
      'circle-color': ['match', change, 'closed', scene.palette.facilityRing, ['opened', 'moved', 'upgraded'], scene.palette.accent, scene.palette.facility],
      'circle-stroke-color': ['match', change, 'closed', scene.palette.facility, scene.palette.facilityRing],
      'circle-radius': ['interpolate', ['linear'], ['zoom'], 9, ['match', change, 'none', 2, 4], 13, ['match', change, 'none', 5, 7], 17, ['match', change, 'none', 8, 10]],
      'circle-stroke-width': ['interpolate', ['linear'], ['zoom'], 9, 1, 13, 2],
    },
  },
  {
    id: 'facility-chosen',
    type: 'circle',
    source: 'facilities',
    filter: ['==', ['get', 'uid'], scene.site ?? ''],
    paint: { 'circle-radius': 14, 'circle-color': scene.palette.accent, 'circle-opacity': 0.16, 'circle-stroke-color': scene.palette.accent, 'circle-stroke-width': 2.5 },
  },
];

/** Their names, from close by. */
export const facilityNames: Layers = (scene) => [
  {
    id: 'facility-name',
    type: 'symbol',
    source: 'facilities',
    minzoom: 14,
    layout: {
      ...visible(showsFacilities(scene)),
      'text-field': ['get', 'name'],
      'text-font': FONT,
      'text-size': 12,
      'text-anchor': 'top',
      'text-offset': [0, 0.8],
      'text-max-width': 9,
    },
    paint: { 'text-color': scene.palette.label, 'text-halo-color': scene.palette.halo, 'text-halo-width': 1.6 },
  },
];
