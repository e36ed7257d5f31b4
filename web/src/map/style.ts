// The whole style: sources once, layers from the scene. Neither glyphs nor sprites: labels use the reader's fonts.
import type { GeoJSONSourceSpecification, LayerSpecification, Map as MapLibre, StyleSpecification } from 'maplibre-gl';
import { tiles, type CoverageQuery, type Site } from '../api/client';
import { composite } from './layers/composite';
import { difference } from './layers/compare';
import { demand } from './layers/demand';
import { facilities, facilityNames } from './layers/facilities';
import { gapAreas, gapRanks } from './layers/gaps';
import { ground } from './layers/ground';
import { labels } from './layers/labels';
import { planCandidates, planSites } from './layers/plan';
import { pin, reachAreas, reachCircles, reachEdges, reachStreets, route } from './layers/place';
import { streetTimes, streets } from './layers/streets';
import { zones } from './layers/zones';
import { edits, gain } from './layers/whatif';
import type { Layers, Scene } from './scene';

export type DataSource = 'zones' | 'gaps' | 'gap-points' | 'facilities' | 'reach' | 'reach-circle' | 'reach-streets' | 'edits' | 'difference' | 'plan-candidates' | 'plan-sites' | 'route' | 'pin';
const NOTHING = { type: 'FeatureCollection' as const, features: [] };
const MAX_TILE_ZOOM = 16;

/** From the ground up. */
const ORDER: readonly Layers[] = [
  ground,
  gapAreas,
  reachAreas,
  streets,
  streetTimes,
  gain,
  reachStreets,
  reachEdges,
  reachCircles,
  zones,
  demand,
  composite,
  difference,
  route,
  edits,
  facilities,
  labels,
  facilityNames,
  planCandidates,
  planSites,
  gapRanks,
  pin,
];

export function layersOf(scene: Scene): LayerSpecification[] {
  return ORDER.flatMap((layers) => layers(scene));
}

/** Whose times the streets and homes show. */
export interface Shown {
  site: Site;
  query: CoverageQuery;
}

export function styleOf(scene: Scene, shown: Shown): StyleSpecification {
  const data = (promoteId?: string): GeoJSONSourceSpecification => ({ type: 'geojson', data: NOTHING, ...(promoteId ? { promoteId } : {}) });
  return {
    version: 8,
    sources: {
      base: { type: 'vector', tiles: [tiles.base(shown.site.study)], maxzoom: MAX_TILE_ZOOM },
      time: { type: 'vector', tiles: [tiles.time(shown.site, shown.query.function, shown.query.profile)], maxzoom: MAX_TILE_ZOOM },
      composite: { type: 'vector', tiles: [tiles.composite(shown.site, shown.query, [shown.query.function])], maxzoom: MAX_TILE_ZOOM },
      gain: { type: 'vector', tiles: [tiles.gain(shown.site, shown.query)], maxzoom: MAX_TILE_ZOOM },
      zones: data('id'),
      gaps: data('rank'),
      'gap-points': data(),
      facilities: data('uid'),
      reach: data(),
      'reach-circle': data(),
      'reach-streets': data(),
      edits: data(),
      difference: data(),
      'plan-candidates': data(),
      'plan-sites': data(),
      route: data(),
      pin: data(),
    },
    layers: layersOf(scene),
  };
}

type Dict = Record<string, unknown>;
const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** Brings the map from one list of layers to the next, touching only what differs. */
export function repaint(map: MapLibre, before: LayerSpecification[], after: LayerSpecification[]): void {
  after.forEach((layer, i) => {
    const old = before[i];
    if (old === undefined || old.id !== layer.id) throw new Error(`layer order changed at ${layer.id}`);
    changes(old.paint as Dict, layer.paint as Dict, (name, value) => map.setPaintProperty(layer.id, name as never, value as never));
    changes(old.layout as Dict, layer.layout as Dict, (name, value) => map.setLayoutProperty(layer.id, name as never, value as never));
    const [was, is] = ['filter' in old ? old.filter : null, 'filter' in layer ? layer.filter : null];
    if (!same(was, is)) map.setFilter(layer.id, is ?? null);
  });
}

function changes(before: Dict = {}, after: Dict = {}, apply: (name: string, value: unknown) => void): void {
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (!same(before[name], after[name])) apply(name, after[name] ?? null);
  }
}
