// A plan as the map wants it: its sites, numbered, and the candidates it was chosen from.
import type { Feature, FeatureCollection, Position } from 'geojson';
import type { PlaceResult } from '../api/job-types';
import type { Lock } from '../state/place-ask';
import { placeName } from '../state/plan-names';

const point = (coordinates: Position, properties: Record<string, unknown>): Feature => ({ type: 'Feature', geometry: { type: 'Point', coordinates }, properties });

export function planShapes(plan: PlaceResult | null): FeatureCollection {
  const sites = (plan?.sites ?? []).map((site) => point(site.place, { id: site.id, order: site.order, name: placeName(site), ...(site.phase === null ? {} : { opens: String(site.year ?? site.phase) }) }));
  const gates = (plan?.sites ?? []).flatMap(({ id, sides }): Feature[] => (sides === undefined ? [] : [{ type: 'Feature', geometry: { type: 'LineString', coordinates: sides }, properties: { id } }]));
  return { type: 'FeatureCollection', features: [...gates, ...sites] };
}

/** Every candidate that is not a site of the plan, and those that were settled by hand. */
export function candidateShapes(plan: PlaceResult | null, locks: ReadonlyMap<string, Lock>): FeatureCollection {
  const chosen = new Set(plan?.sites.map((site) => site.id) ?? []);
  const runners = new Set(plan?.runners_up.map((one) => one.id) ?? []);
  const places = plan?.candidates?.places ?? [];
  const known = new Set(places.map(([id]) => id));
  const listed = places.filter(([id]) => !chosen.has(id)).map(([id, lon, lat]) => point([lon, lat], { id, name: locks.get(id)?.name ?? '', lock: locks.get(id)?.kind ?? (runners.has(id) ? 'runner' : 'none') }));
  const settled = [...locks].filter(([id]) => !known.has(id) && !chosen.has(id)).map(([id, { place, name, kind }]) => point(place, { id, name, lock: kind }));
  return { type: 'FeatureCollection', features: [...listed, ...settled] };
}
