// What the page knows and shows. Components read these signals and call the functions below; nothing else changes them.
import { batch, computed, effect, signal } from '@preact/signals';
import { api, type CoverageQuery } from '../api/client';
import type { Coverage, Facilities, Gaps, LonLat, Reach, Route, Study, Why, Zones } from '../api/types';
import { Loader, latest } from './resource';
import { studyLanguage } from './settings';
import { clampCutoff, parseHash, type LayerId, type Tab, type UrlState, type View } from './url';

/** Quiet time after the last slider movement before the server is asked, in milliseconds. */
const DEBOUNCE_MS = 140;
export const REACH_CUTOFFS_MIN = [5, 10, 15] as const;

export const studyLoader = new Loader<Study>();
export const coverageLoader = new Loader<Coverage>();
export const gapsLoader = new Loader<Gaps>();
export const zonesLoader = new Loader<Zones>();
export const facilitiesLoader = new Loader<Facilities>();
export const whyLoader = new Loader<Why>();
export const routeLoader = new Loader<Route>();
export const reachLoader = new Loader<Reach>();

export const study = computed(() => latest(studyLoader.state.value));
export const coverage = computed(() => latest(coverageLoader.state.value));
export const gaps = computed(() => latest(gapsLoader.state.value));

/** null until the study is known. */
export const query = signal<CoverageQuery | null>(null);
export const tab = signal<Tab>('overview');
export const hidden = signal<readonly LayerId[]>([]);
export const view = signal<View | null>(null);
export const pin = signal<LonLat | null>(null);
export const chosenFacility = signal<number | null>(null);
export const reachShown = signal(false);
export const hoveredZone = signal<string | null>(null);
export const chosenZone = signal<string | null>(null);
export const hoveredGap = signal<number | null>(null);
export const chosenGap = signal<number | null>(null);

/** A wish to move the map; the map component fulfils and clears it. */
export type Flight = { kind: 'bounds'; bounds: [number, number, number, number] } | { kind: 'place'; place: LonLat };
export const flight = signal<Flight | null>(null);

export const chosenFunction = computed(() => study.value?.functions.find((f) => f.id === query.value?.function) ?? null);
export const chosenProfile = computed(() => study.value?.profiles.find((p) => p.id === query.value?.profile) ?? null);
export const chosenGroup = computed(() => study.value?.groups.find((g) => g.id === query.value?.group) ?? null);
/** False while the numbers on screen still belong to an earlier question. */
export const coverageFresh = computed(() => coverageLoader.state.value.kind === 'ready');

export function start(hash: string): void {
  const asked = parseHash(hash);
  if (asked.tab) tab.value = asked.tab;
  if (asked.hidden) hidden.value = asked.hidden;
  studyLoader.load((abort) => api.study(abort));
  for (const event of ['focus', 'online']) window.addEventListener(event, retryUnanswered);
  const stop = effect(() => {
    const known = study.value;
    if (known === null) return;
    queueMicrotask(() => stop());
    open(known, asked);
  });
}

const LOADERS = [studyLoader, coverageLoader, gapsLoader, zonesLoader, facilitiesLoader, whyLoader, routeLoader, reachLoader];

/** Asks again what the server did not answer, when the reader comes back to the page or the network does. */
function retryUnanswered(): void {
  for (const loader of LOADERS) {
    const state = loader.state.peek();
    if (state.kind === 'failed' && state.problem.kind === 'offline') loader.retry();
  }
}

function open(known: Study, asked: UrlState): void {
  batch(() => {
    studyLanguage.value = known.language;
    query.value = initialQuery(known, asked);
    view.value = asked.view ?? null;
    if (asked.pin) pin.value = asked.pin;
  });
  document.title = `${known.name} · walkshed`;
  zonesLoader.load((abort) => api.zones(abort));
  follow();
}

/** The link's wishes where the study knows them, else the study's defaults. */
export function initialQuery(known: Study, asked: UrlState): CoverageQuery {
  const pick = (list: readonly { id: string }[], wish: string | undefined, fallback: string) =>
    (list.find((item) => item.id === wish) ?? list.find((item) => item.id === fallback) ?? list[0])?.id ?? fallback;
  return {
    function: pick(known.functions, asked.function, known.default.function),
    profile: pick(known.profiles, asked.profile, known.default.profile),
    group: pick(known.groups, asked.group, known.default.group),
    cutoff_min: asked.cutoffMin ?? clampCutoff(known.default.cutoff_min),
  };
}

/** Asks the server anew whenever the question changes. */
function follow(): void {
  let first = true;
  effect(() => {
    const asked = query.value;
    if (asked === null) return;
    const delayMs = first ? 0 : DEBOUNCE_MS;
    first = false;
    coverageLoader.load((abort) => api.coverage(asked, abort), { delayMs });
    gapsLoader.load((abort) => api.gaps(asked, abort), { delayMs });
  });
  const functionId = computed(() => query.value?.function);
  effect(() => {
    const id = functionId.value;
    if (id !== undefined) facilitiesLoader.load((abort) => api.facilities(id, abort), { keep: false });
  });
  effect(followPin);
  const profile = computed(() => query.value?.profile);
  effect(() => {
    const [place, facility, walker] = [pin.value, chosenFacility.value, profile.value];
    if (place === null || facility === null || walker === undefined) routeLoader.clear();
    else routeLoader.load((abort) => api.route(place, facility, walker, abort), { keep: false });
  });
  effect(() => {
    const [place, shown, walker] = [pin.value, reachShown.value, profile.value];
    if (place === null || !shown || walker === undefined) reachLoader.clear();
    else reachLoader.load((abort) => api.reach(place, walker, REACH_CUTOFFS_MIN, abort), { keep: false });
  });
}

let explained: LonLat | null = null;

function followPin(): void {
  const place = pin.value;
  const asked = query.value;
  if (place === null || asked === null) {
    explained = null;
    whyLoader.clear();
    return;
  }
  const keep = explained === place;
  explained = place;
  const { profile, cutoff_min } = asked;
  whyLoader.load((abort) => api.why(place, profile, cutoff_min, abort), { delayMs: keep ? DEBOUNCE_MS : 0, keep });
}

export function ask(change: Partial<CoverageQuery>): void {
  const now = query.peek();
  if (now === null) return;
  batch(() => {
    query.value = { ...now, ...change };
    chosenGap.value = null;
    hoveredGap.value = null;
  });
}

export function toggleLayer(id: LayerId): void {
  hidden.value = hidden.peek().includes(id) ? hidden.peek().filter((other) => other !== id) : [...hidden.peek(), id];
}

/** Puts the pin and asks why this place is or is not covered. */
export function inspect(place: LonLat): void {
  batch(() => {
    pin.value = place;
    chosenFacility.value = null;
  });
}

export function closeInspection(): void {
  batch(() => {
    pin.value = null;
    chosenFacility.value = null;
    reachShown.value = false;
  });
}

/** What a link to this very view must carry. */
export const urlState = computed<UrlState>(() => ({
  ...(query.value === null
    ? {}
    : {
        function: query.value.function,
        profile: query.value.profile,
        group: query.value.group,
        cutoffMin: query.value.cutoff_min,
      }),
  ...(view.value === null ? {} : { view: view.value }),
  ...(pin.value === null ? {} : { pin: pin.value }),
  tab: tab.value,
  hidden: [...hidden.value],
}));
