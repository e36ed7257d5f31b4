import type { ZoneCoverage } from '../../api/types';
import type { Language } from '../../format';

export type SortColumn = 'name' | 'uncovered' | 'share' | 'mean';
export interface SortOrder {
  column: SortColumn;
  descending: boolean;
}

/** Those with street data who are not covered; nothing is known where no share is told. */
export const uncovered = (zone: ZoneCoverage): number => zone.persons - zone.covered_persons - zone.no_street_persons;

const NUMBER: Record<Exclude<SortColumn, 'name'>, (zone: ZoneCoverage) => number | null> = {
  uncovered: (zone) => (zone.share === null ? null : uncovered(zone)),
  share: (zone) => zone.share,
  mean: (zone) => zone.mean_min,
};

/** Sorted copy; zones without a number come last either way, ties by name then id. */
export function sortZones(zones: readonly ZoneCoverage[], order: SortOrder, language: Language): ZoneCoverage[] {
  const names = new Intl.Collator(language === 'zh' ? 'zh-CN' : 'en', { numeric: true });
  const byName = (a: ZoneCoverage, b: ZoneCoverage) => names.compare(a.name, b.name) || (a.id < b.id ? -1 : 1);
  const sign = order.descending ? -1 : 1;
  const { column } = order;
  if (column === 'name') return [...zones].sort((a, b) => sign * byName(a, b));
  return [...zones].sort((a, b) => {
    const [x, y] = [NUMBER[column](a), NUMBER[column](b)];
    if (x === null || y === null) return x === y ? byName(a, b) : x === null ? 1 : -1;
    return sign * (x - y) || byName(a, b);
  });
}
