// The facilities on the map: those of the scenario at hand, told apart from the study as it stands. Pure.
import type { Facilities, FacilityProperties } from '../api/types';

export type SiteFeature = Facilities['features'][number] & { properties: FacilityProperties & { uid: string; change: Change | null } };
export type Change = 'opened' | 'moved' | 'upgraded' | 'closed';

export interface Sites {
  type: 'FeatureCollection';
  features: SiteFeature[];
}

const uidOf = ({ layer, key }: FacilityProperties) => `${layer}/${key}`;
const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** Each facility with what the scenario does to it; those it closes stay in the list, last. Without a baseline nothing is told apart. */
export function sitesOf(now: Facilities, baseline: Facilities | null): Sites {
  const before = new Map((baseline?.features ?? []).map((one) => [uidOf(one.properties), one]));
  const told = now.features.map((one) => {
    const uid = uidOf(one.properties);
    const old = before.get(uid);
    before.delete(uid);
    return marked(one, baseline === null ? null : changeOf(one, old));
  });
  return { type: 'FeatureCollection', features: [...told, ...[...before.values()].map((one) => marked(one, 'closed'))] };
}

function changeOf(now: Facilities['features'][number], old: Facilities['features'][number] | undefined): Change | null {
  if (old === undefined) return 'opened';
  if (!same(now.geometry.coordinates, old.geometry.coordinates)) return 'moved';
  const { functions, capacity } = now.properties;
  return same([functions, capacity], [old.properties.functions, old.properties.capacity]) ? null : 'upgraded';
}

function marked(one: Facilities['features'][number], change: Change | null): SiteFeature {
  return { ...one, properties: { ...one.properties, uid: uidOf(one.properties), change } };
}
