import type { Layers } from '../scene';
import { FONT, shows, visible } from '../scene';

/** Facilities of the chosen service. */
export const facilities: Layers = (scene) => [
  {
    id: 'facility',
    type: 'circle',
    source: 'facilities',
    layout: visible(shows(scene, 'facilities')),
    paint: {
      'circle-color': scene.palette.facility,
      'circle-stroke-color': scene.palette.facilityRing,
      'circle-radius': ['interpolate', ['linear'], ['zoom'], 9, 2, 13, 5, 17, 8],
      'circle-stroke-width': ['interpolate', ['linear'], ['zoom'], 9, 1, 13, 2],
    },
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
      ...visible(shows(scene, 'facilities')),
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
