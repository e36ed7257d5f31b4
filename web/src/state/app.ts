// What is asked, what came back, and what is chosen on screen. Components read these signals and call the functions
// below; nothing else changes them.
import { batch, computed, effect, signal } from '@preact/signals';
import { api, type CoverageQuery } from '../api/client';
import { served } from '../api/served';
import type { Coverage, Facilities, Gaps, LonLat, Reach, ReachStreets, Route, Study, Why, Zones } from '../api/types';
import { BASELINE, before, followComparison } from './compare';
import { withEffect } from './live';
import { mode, type ModeId } from './mode';
import { Loader, latest } from './resource';
import { chooseScenario, deleted, editProblem, effectNow, epoch, openScenarios, scenarioId, scenarioLoader, scenarios, scenariosLoader, site } from './scenario';
import { studyLanguage } from './settings';
import { sitesOf } from './sites';
import { libraryLoader, openStudy, study, studyLoader } from './study';
import { clampCutoff, parseHash, type LayerId, type Tab, type UrlState, type View } from './url';

export { study, studyLoader };

/** Quiet time after the last slider movement before the server is asked, in milliseconds. */
const DEBOUNCE_MS = 140;
const STREETS_SERVED = served('reach', 'what');
export const REACH_CUTOFFS_MIN = [5, 10, 15] as const;

export const coverageLoader = new Loader<Coverage>();
/** The same question to the study as it stands, while a scenario is at hand. */
export const baselineLoader = new Loader<Coverage>();
export const gapsLoader = new Loader<Gaps>();
export const zonesLoader = new Loader<Zones>();
export const facilitiesLoader = new Loader<Facilities>();
/** The same of the study as it stands, while a scenario is at hand. */
export const baselineFacilities = new Loader<Facilities>();
export const whyLoader = new Loader<Why>();
export const routeLoader = new Loader<Route>();
export const reachLoader = new Loader<Reach>();
export const reachStreetsLoader = new Loader<ReachStreets>();

/** Totals and zones as they are, or as they would be with the edit under the pointer. */
export const coverage = computed(() => withEffect(latest(coverageLoader.state.value), effectNow.value?.effect ?? null));
/** The study as it stands, whatever scenario or drag is on screen. */
export const baseline = computed(() => latest(scenarioId.value === null ? coverageLoader.state.value : baselineLoader.state.value));
/** Facilities of the chosen function, with what the scenario does to them. */
export const sites = computed(() => {
  const now = latest(facilitiesLoader.state.value);
  return now === null ? null : sitesOf(now, scenarioId.value === null ? null : latest(baselineFacilities.state.value));
});
export const gaps = computed(() => latest(gapsLoader.state.value));

/** null until the study is known. */
export const query = signal<CoverageQuery | null>(null);
export const tab = signal<Tab>('summary');
export const hidden = signal<readonly LayerId[]>([]);
export const view = signal<View | null>(null);
export const pin = signal<LonLat | null>(null);
export const chosenFacility = signal<number | null>(null);
export const hoveredZone = signal<string | null>(null);
export const chosenZone = signal<string | null>(null);
export const hoveredGap = signal<number | null>(null);
export const chosenGap = signal<number | null>(null);
/** The reach from the pin takes the place of the coverage. */
export const reachShown = computed(() => mode.value === 'reach' && pin.value !== null);

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
  if (asked.mode) mode.value = asked.mode;
  if (asked.tab) tab.value = asked.tab;
  if (asked.hidden) hidden.value = asked.hidden;
  openStudy(asked.study);
  for (const event of ['focus', 'online']) window.addEventListener(event, retryUnanswered);
  const stop = effect(() => {
    const known = study.value;
    if (known === null) return;
    queueMicrotask(() => stop());
    open(known, asked);
  });
}

const ANSWERS = [coverageLoader, baselineLoader, gapsLoader, zonesLoader, facilitiesLoader, baselineFacilities, whyLoader, routeLoader, reachLoader, reachStreetsLoader];
const LOADERS = [studyLoader, libraryLoader, scenariosLoader, scenarioLoader, ...ANSWERS];

/** Asks again what the server did not answer, when the reader comes back to the page or the network does. */
function retryUnanswered(): void {
  for (const loader of LOADERS) {
    const state = loader.state.peek();
    if (state.kind === 'failed' && state.problem.kind === 'offline') loader.retry();
  }
}

/** Parts of the page that begin with the study and the link: they register here, so that none must be known here. */
const opened: ((known: Study, asked: UrlState) => void)[] = [];
export const whenOpened = (told: (known: Study, asked: UrlState) => void) => void opened.push(told);

function open(known: Study, asked: UrlState): void {
  batch(() => {
    studyLanguage.value = known.language;
    query.value = initialQuery(known, asked);
    view.value = asked.view ?? null;
    if (asked.pin) pin.value = asked.pin;
  });
  document.title = `${known.name} · walkshed`;
  if (asked.against) before.value = asked.against;
  opened.forEach((told) => told(known, asked));
  openScenarios(asked.scenario ?? null);
  follow();
}

/** Asks for the zones: they are large, and nothing on the first screen waits for them. */
export function loadZones(): void {
  const here = site.peek();
  if (here !== null) zonesLoader.load((abort) => api.zones({ ...here, scenario: null }, abort));
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

/** Asks the server anew whenever the question, the scenario or its edits change. */
function follow(): void {
  followCoverage();
  followGaps();
  const functionId = computed(() => query.value?.function);
  let lastFunction: string | undefined;
  effect(() => {
    const [id, here, now] = [functionId.value, site.value, epoch.value];
    if (id === undefined || here === null || now < 0) return;
    facilitiesLoader.load((abort) => api.facilities(here, id, abort), { keep: id === lastFunction });
    lastFunction = id;
  });
  effect(() => {
    const [id, here] = [functionId.value, site.value];
    if (id === undefined || here === null || here.scenario === null) baselineFacilities.clear();
    else baselineFacilities.load((abort) => api.facilities({ ...here, scenario: null }, id, abort), { keep: false });
  });
  effect(followPin);
  followComparison(query);
  const profile = computed(() => query.value?.profile);
  effect(() => {
    const [place, facility, walker, here] = [pin.value, chosenFacility.value, profile.value, site.value];
    if (epoch.value < 0 || place === null || facility === null || walker === undefined || here === null) routeLoader.clear();
    else routeLoader.load((abort) => api.route(here, place, facility, walker, abort), { keep: false });
  });
  effect(() => {
    const [place, shown, walker, here] = [pin.value, reachShown.value, profile.value, site.value];
    if (epoch.value < 0 || place === null || !shown || walker === undefined || here === null) {
      reachLoader.clear();
      reachStreetsLoader.clear();
    } else {
      reachLoader.load((abort) => api.reach(here, place, walker, REACH_CUTOFFS_MIN, abort), { keep: false });
      if (STREETS_SERVED) reachStreetsLoader.load((abort) => api.reachStreets(here, place, walker, REACH_CUTOFFS_MIN, abort), { keep: false });
    }
  });
}

function followCoverage(): void {
  let first = true;
  let lastEpoch = epoch.peek();
  effect(() => {
    const [asked, here, now] = [query.value, site.value, epoch.value];
    if (asked === null || here === null) return;
    const delayMs = first || now !== lastEpoch ? 0 : DEBOUNCE_MS;
    if (now === lastEpoch) effectNow.value = null;
    [first, lastEpoch] = [false, now];
    coverageLoader.load((abort) => api.coverage(here, asked, abort), { delayMs });
  });
  effect(() => {
    const [asked, here] = [query.value, site.value];
    if (asked === null || here === null || here.scenario === null) return baselineLoader.clear();
    // A scenario just begun: what was on screen is what it changes.
    const known = latest(coverageLoader.state.peek());
    if (baselineLoader.state.peek().kind === 'idle' && known !== null) baselineLoader.put(known);
    baselineLoader.load((abort) => api.coverage({ ...here, scenario: null }, asked, abort), { delayMs: baselineLoader.state.peek().kind === 'idle' ? 0 : DEBOUNCE_MS });
  });
  // Once the whole answer is here, the newest edit's own numbers have done their part.
  effect(() => {
    if (coverageLoader.state.value.kind === 'ready' && effectNow.peek()?.kind === 'made') effectNow.value = null;
  });
}

/** Gaps are asked for only where they are shown. */
function followGaps(): void {
  let shown = '';
  effect(() => {
    const [asked, here] = [query.value, site.value];
    if (asked === null || here === null || mode.value !== 'gaps') return;
    const key = JSON.stringify([asked, here, epoch.value]);
    if (key === shown) return;
    const delayMs = shown === '' ? 0 : DEBOUNCE_MS;
    shown = key;
    gapsLoader.load((abort) => api.gaps(here, asked, abort), { delayMs });
  });
}

let explained: LonLat | null = null;

function followPin(): void {
  const [place, asked, here] = [pin.value, query.value, site.value];
  if (epoch.value < 0 || place === null || asked === null || here === null) {
    explained = null;
    whyLoader.clear();
    return;
  }
  const keep = explained === place;
  explained = place;
  const { profile, cutoff_min } = asked;
  whyLoader.load((abort) => api.why(here, place, profile, cutoff_min, abort), { delayMs: keep ? DEBOUNCE_MS : 0, keep });
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
  });
}

/** Turns to another question; what was chosen for the last one is let go, the map and the question stay. */
export function turnTo(next: ModeId): void {
  if (next === mode.peek()) return;
  batch(() => {
    mode.value = next;
    chosenGap.value = null;
    hoveredGap.value = null;
    hoveredZone.value = null;
    chosenFacility.value = null;
    editProblem.value = null;
    deleted.value = null;
    if (next !== 'reach') pin.value = null;
    // The study as it stands against itself tells nothing: the newest scenario is what one wants to see.
    const newest = scenarios.peek().at(-1);
    if (next === 'compare' && scenarioId.peek() === null && before.peek() === BASELINE && newest !== undefined) chooseScenario(newest.id);
  });
}

/** What a link to this very view must carry. */
export const urlState = computed<UrlState>(() => ({
  mode: mode.value,
  ...(study.value === null ? {} : { study: study.value.id }),
  ...(scenarioId.value === null ? {} : { scenario: scenarioId.value }),
  ...(mode.value === 'compare' ? { against: before.value } : {}),
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
