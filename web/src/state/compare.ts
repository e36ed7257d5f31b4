// Two states of the study against each other: `before` is chosen here, `after` is the scenario at hand.
import { effect, signal } from '@preact/signals';
import { api } from '../api/client';
import type { Comparison, Difference, Facilities } from '../api/types';
import { mode } from './mode';
import { Loader } from './resource';
import { epoch, scenarios, site } from './scenario';
import { narrow } from './screen';
import type { CoverageQuery } from '../api/client';
import type { ReadonlySignal } from '@preact/signals';

export const BASELINE = 'baseline';
/** id of the scenario compared with, or `baseline` */
export const before = signal(BASELINE);
export const layout = signal<'side' | 'swipe'>(narrow.peek() ? 'swipe' : 'side');
/** Where the swipe's edge stands, 0 to 1 of the map's width. */
export const edge = signal(0.5);

export const comparisonLoader = new Loader<Comparison>();
export const differenceLoader = new Loader<Difference>();
export const beforeFacilities = new Loader<Facilities>();

/** Asks for the comparison while it is on screen; called once. */
export function followComparison(query: ReadonlySignal<CoverageQuery | null>): void {
  effect(() => {
    const [asked, here, a] = [query.value, site.value, before.value];
    if (mode.value !== 'compare' || asked === null || here === null || epoch.value < 0) return;
    const b = here.scenario ?? BASELINE;
    beforeFacilities.load((abort) => api.facilities({ ...here, scenario: a === BASELINE ? null : a }, asked.function, abort));
    if (a === b) {
      comparisonLoader.clear();
      differenceLoader.clear();
      return;
    }
    comparisonLoader.load((abort) => api.compare(here.study, a, b, asked, abort));
    differenceLoader.load((abort) => api.difference(here.study, a, b, asked, abort));
  });
  // A scenario that is gone cannot be compared with.
  effect(() => {
    const known = scenarios.value;
    if (known.length > 0 && before.value !== BASELINE && !known.some(({ id }) => id === before.value)) queueMicrotask(() => (before.value = BASELINE));
  });
}
