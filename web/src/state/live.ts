// An edit's own numbers laid over the last whole answer, so that totals and zones follow at once. Pure.
import type { Effect } from '../api/scenario-types';
import type { Coverage } from '../api/types';

/** The coverage with the totals and zones that the effect tells; all else stays as it was. */
export function withEffect(coverage: Coverage | null, effect: Effect | null): Coverage | null {
  if (coverage === null || effect === null) return coverage;
  const { covered_persons, share, persons } = effect.selection;
  const told = new Map(effect.selection.zones.map((zone) => [zone.id, zone]));
  const zones = coverage.zones.map((zone) => {
    const now = told.get(zone.id);
    return now === undefined ? zone : { ...zone, covered_persons: now.covered_persons, share: now.share };
  });
  return { ...coverage, persons, covered_persons, share, zones };
}
