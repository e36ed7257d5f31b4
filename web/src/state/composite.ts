// Which of several functions each home lacks: which functions are asked for, and the answer.
import { computed, effect, signal } from '@preact/signals';
import { api } from '../api/client';
import { served } from '../api/served';
import type { Composite, Standard, Study } from '../api/types';
import { query, tab, whenOpened } from './app';
import { mode } from './mode';
import { Loader } from './resource';
import { epoch, site } from './scenario';
import { study } from './study';

/** So many functions are asked for until the reader chooses. */
const FIRST = 6;
const QUIET_MS = 140;

/** ids of the functions asked for, in the study's order; or that of a standard alone, whose composite is meant */
export const need = signal<readonly string[]>([]);
/** The standard whose composite is asked for, each of its rules with its own walker and cutoff. */
export const own = computed<Standard | null>(() => study.value?.standards.find(({ id, composite }) => composite && need.value.length === 1 && need.value[0] === id) ?? null);
/** How many are asked for together. */
export const needed = computed(() => {
  const composite = own.value?.composite;
  return composite ? composite.anchor.length + composite.required.length : need.value.length;
});
export const compositeLoader = new Loader<Composite>();
export const compositeShown = computed(() => mode.value === 'coverage' && tab.value === 'missing' && served('composite'));

/** The link's functions or composite where the study knows them, else its own composite, else the first functions that somebody offers. */
export function initialNeed(study: Study, asked: readonly string[] | undefined): string[] {
  const composites = study.standards.filter(({ composite }) => composite).map(({ id }) => id);
  const composite = composites.find((id) => asked?.length === 1 && asked[0] === id) ?? (asked === undefined ? composites[0] : undefined);
  if (composite !== undefined) return [composite];
  const known = study.functions.filter(({ id }) => asked?.includes(id));
  const offered = study.functions.filter(({ facilities }) => facilities > 0);
  return (known.length > 0 ? known : offered.slice(0, FIRST)).map(({ id }) => id);
}

export function toggleNeed(study: Study, id: string): void {
  if (study.standards.some((one) => one.composite && one.id === id)) {
    need.value = [id];
    return;
  }
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
