import { describe, expect, it } from 'vitest';
import type { ZoneCoverage } from '../api/types';
import { sortZones } from '../modes/coverage/sort';

const zone = (id: string, name: string, persons: number, covered: number, mean: number | null): ZoneCoverage => ({
  id,
  name,
  level: 'district',
  parent: null,
  persons,
  covered_persons: covered,
  no_street_persons: 0,
  share: persons > 0 ? covered / persons : null,
  mean_min: mean,
});
const ZONES = [zone('a', 'Zone 10', 100, 90, 8), zone('b', 'Zone 2', 500, 100, 20), zone('c', 'Zone 1', 0, 0, null)];
const ids = (zones: ZoneCoverage[]) => zones.map(({ id }) => id).join('');

describe('zone order', () => {
  it('reads numbers in names as numbers', () => {
    expect(ids(sortZones(ZONES, { column: 'name', descending: false }, 'en'))).toBe('cba');
  });

  it('puts zones without a number last, up and down', () => {
    expect(ids(sortZones(ZONES, { column: 'share', descending: false }, 'en'))).toBe('bac');
    expect(ids(sortZones(ZONES, { column: 'share', descending: true }, 'en'))).toBe('abc');
    expect(ids(sortZones(ZONES, { column: 'mean', descending: true }, 'en'))).toBe('bac');
  });

  it('leaves the given list alone', () => {
    sortZones(ZONES, { column: 'uncovered', descending: true }, 'zh');
    expect(ids(ZONES)).toBe('abc');
  });
});
