// Which of several functions each home lacks: which functions are asked for, and the answer.
import { computed, effect, signal } from '@preact/signals';
import { api } from '../api/client';
import { served } from '../api/served';
import type { Composite, Study } from '../api/types';
import { query, tab, whenOpened } from './app';
import { mode } from './mode';
import { Loader } from './resource';
import { epoch, site } from './scenario';

/** So many functions are asked for until the reader chooses. */
const FIRST = 6;
const QUIET_MS = 140;

/** ids of the functions asked for, in the study's order */
export const need = signal<readonly string[]>([]);
export const compositeLoader = new Loader<Composite>();
export const compositeShown = computed(() => mode.value === 'coverage' && tab.value === 'missing' && served('composite'));

/** The link's functions where the study knows them, else the first ones that somebody offers. */
export function initialNeed(study: Study, asked: readonly string[] | undefined): string[] {
  const known = study.functions.filter(({ id }) => asked?.includes(id));
  const offered = study.functions.filter(({ facilities }) => facilities > 0);
  return (known.length > 0 ? known : offered.slice(0, FIRST)).map(({ id }) => id);
}

export function toggleNeed(study: Study, id: string): void {
  const now = need.peek();
  const next = study.functions.map((one) => one.id).filter((one) => (one === id ? !now.includes(id) : now.includes(one)));
  if (next.length > 0) need.value = next;
}

whenOpened((study, asked) => {
  need.value = initialNeed(study, asked.need);
  followComposite();
});

/** Asks while it is on screen. */
function followComposite(): void {
  let first = true;
  effect(() => {
    const [here, asked, functions] = [site.value, query.value, need.value];
    if (!compositeShown.value || here === null || asked === null || functions.length === 0 || epoch.value < 0) return;
    compositeLoader.load((abort) => api.composite(here, asked, functions, abort), { delayMs: first ? 0 : QUIET_MS });
    first = false;
  });
}
