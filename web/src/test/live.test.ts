import { describe, expect, it } from 'vitest';
import type { Effect } from '../api/scenario-types';
import type { Coverage, ZoneCoverage } from '../api/types';
import { editShapes } from '../map/shapes';
import { missingColors } from '../palette';
import { withEffect } from '../state/live';

const zone = (id: string, covered_persons: number): ZoneCoverage => ({ id, name: id, level: 'community', parent: null, persons: 100, covered_persons, no_street_persons: 0, share: covered_persons / 100, mean_min: 9 });
const coverage: Coverage = {
  function: 'childcare', profile: 'adult', group: 'all', cutoff_min: 15, facilities: 1, off_network_facilities: 0, recorded: true, persons: 200, covered_persons: 60, no_street_persons: 0, share: 0.3,
  speeds: [], buffer: { radius_m: 1125, covered_persons: 90, share: 0.45 }, histogram: [], zones: [zone('a', 50), zone('b', 10)],
};
const nothing = { type: 'FeatureCollection' as const, features: [] };
const effect: Effect = {
  revision: 2, can_undo: true, can_redo: false, edit_count: 1, gained_persons: 20, lost_persons: 0, rules: [], streets: nothing, homes: nothing, obstacle: null,
  selection: { persons: 200, covered_persons: 80, share: 0.4, zones: [{ id: 'b', covered_persons: 30, share: 0.3 }] },
};

describe('an effect laid over the coverage', () => {
  it('moves totals and the zones it tells, and nothing else', () => {
    const now = withEffect(coverage, effect);
    expect(now).toMatchObject({ covered_persons: 80, share: 0.4, buffer: coverage.buffer });
    expect(now?.zones.map((one) => one.covered_persons)).toEqual([50, 30]);
    expect(coverage.zones[1]?.covered_persons).toBe(10);
  });

  it('leaves all as it is where there is none', () => {
    expect(withEffect(coverage, null)).toBe(coverage);
    expect(withEffect(null, effect)).toBeNull();
  });
});

describe('shapes of a scenario', () => {
  it('are gates, closed streets and the side that waits', () => {
    const kinds = editShapes([{ edit: 'open_gate', sides: [[0, 0], [1, 1]] }, { edit: 'close_street', place: [2, 2] }, { edit: 'close_facility', facility: 'x' }], [3, 3]).features.map((one) => one.properties?.['kind']);
    expect(kinds).toEqual(['gate', 'side', 'side', 'closed-street', 'side']);
  });
});

describe('colors for functions missing', () => {
  it('are one more than the functions, all different', () => {
    for (const theme of ['light', 'dark'] as const) {
      for (const n of [1, 2, 6, 9]) expect(new Set(missingColors(n, theme)).size, `${n} in ${theme}`).toBe(n + 1);
    }
  });
});
