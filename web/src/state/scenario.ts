// The scenario at hand: which one, its edits, and what the newest edit does. Edits go to the server one after another;
// one counts as made when the server says so.
import { batch, computed, effect, signal } from '@preact/signals';
import { api, type CoverageQuery, type Problem, type Site } from '../api/client';
import { served } from '../api/served';
import type { Edit, Effect, Scenario, ScenarioChange, ScenarioHead } from '../api/scenario-types';
import { t } from '../i18n';
import { latest, Loader, problemOf } from './resource';
import { readOnly, study } from './study';

export const scenariosLoader = new Loader<{ scenarios: ScenarioHead[] }>();
export const scenarioLoader = new Loader<Scenario>();
export const scenarios = computed(() => latest(scenariosLoader.state.value)?.scenarios ?? []);
/** null: the study as it stands. */
export const scenarioId = signal<string | null>(null);
export const scenario = computed(() => (scenarioId.value === null ? null : latest(scenarioLoader.state.value)));
/** Counts every change of what the server would answer; whoever reads it asks again. */
export const epoch = signal(0);
/** What the newest edit does, or what the edit under the pointer would do. */
export const effectNow = signal<{ kind: 'made' | 'preview'; effect: Effect } | null>(null);
/** Streets and homes laid over the tiles: those of the edit under the pointer, those of an edit made until the tiles have caught up. */
export const overlay = signal<Pick<Effect, 'streets' | 'homes'> | null>(null);
export const working = signal(0);
export const editProblem = signal<Problem | null>(null);
const isLookedAt = signal(true);
/** The scenario deleted last, so that it can be brought back. */
export const deleted = signal<{ id: string; name: string } | null>(null);

export const site = computed<Site | null>(() => (study.value === null ? null : { study: study.value.id, scenario: scenarioId.value }));
export const canUndo = computed(() => !readOnly.value && working.value === 0 && (scenario.value?.can_undo ?? false));
export const canRedo = computed(() => !readOnly.value && working.value === 0 && (scenario.value?.can_redo ?? false));

/** Lists the scenarios and opens the one the link asks for. */
export function openScenarios(wish: string | null): void {
  scenarioId.value = wish;
  loadList();
  effect(() => {
    const [id, at] = [scenarioId.value, study.value?.id];
    if (id === null || at === undefined) return scenarioLoader.clear();
    if (latest(scenarioLoader.state.peek())?.id !== id) scenarioLoader.load((abort) => api.scenario(at, id, abort), { keep: false });
  });
  // What others change is heard of while the page is looked at: a browser has few connections for each server.
  effect(() => {
    const at = study.value?.id;
    if (at === undefined || !served('events') || !isLookedAt.value) return undefined;
    const source = new EventSource(api.changesAddress(at));
    source.addEventListener('scenario', (event: MessageEvent<string>) => hear(at, JSON.parse(event.data) as ScenarioChange));
    return () => source.close();
  });
  document.addEventListener('visibilitychange', () => {
    isLookedAt.value = document.visibilityState === 'visible';
    const [at, mine] = [study.peek()?.id, scenario.peek()];
    if (!isLookedAt.peek() || at === undefined || mine === null) return;
    // What was missed meanwhile; one that is gone is told when it is asked for.
    const told = (now: Scenario) => hear(at, { id: now.id, revision: now.revision, deleted: false });
    api.scenario(at, mine.id, new AbortController().signal).then(told, () => hear(at, { id: mine.id, revision: 0, deleted: true }));
  });
  // A link to a scenario that is gone leads to the study as it stands.
  effect(() => {
    const state = scenarioLoader.state.value;
    if (state.kind === 'failed' && state.problem.status === 404) queueMicrotask(() => chooseScenario(null));
  });
}

function loadList(): void {
  const at = study.peek()?.id;
  if (at !== undefined && served('scenarios')) scenariosLoader.load((abort) => api.scenarios(at, abort));
}

export function chooseScenario(id: string | null): void {
  batch(() => {
    scenarioId.value = id;
    effectNow.value = null;
    overlay.value = null;
    editProblem.value = null;
    epoch.value += 1;
  });
}

/** Somebody else changed the scenario meanwhile. */
const OVERTAKEN: ReadonlySet<number | null | undefined> = new Set([409, 412]);

/** Takes up what somebody else changed; one's own changes are known already. */
function hear(at: string, change: ScenarioChange): void {
  loadList();
  const mine = scenario.peek();
  if (mine?.id !== change.id || working.peek() > 0) return;
  if (change.deleted || change.revision > mine.revision) catchUp(at);
}

function catchUp(at: string): void {
  const id = scenarioId.peek();
  if (id !== null) scenarioLoader.load((abort) => api.scenario(at, id, abort));
  epoch.value += 1;
}

let queue: Promise<unknown> = Promise.resolve();

/** Runs changes one after another and shows what is refused. */
function change<T>(work: (at: string) => Promise<T>): Promise<T | null> {
  const at = study.peek()?.id;
  if (at === undefined || readOnly.peek()) return Promise.resolve(null);
  working.value += 1;
  const run = queue.then(async () => {
    try {
      const answer = await work(at);
      editProblem.value = null;
      return answer;
    } catch (error) {
      batch(() => {
        editProblem.value = problemOf(error);
        effectNow.value = null;
      });
      if (OVERTAKEN.has(editProblem.peek()?.status)) catchUp(at);
      return null;
    } finally {
      working.value -= 1;
    }
  });
  queue = run;
  return run;
}

function nextName(): string {
  const taken = new Set(scenarios.peek().map(({ name }) => name));
  for (let n = 1; ; n += 1) {
    const name = t('scenario.newName', { n });
    if (!taken.has(name)) return name;
  }
}

async function create(at: string, from: string | null): Promise<Scenario> {
  const made = await api.createScenario(at, { name: nextName(), ...(from === null ? {} : { from }) });
  batch(() => {
    scenarioLoader.put(made);
    scenarioId.value = made.id;
    effectNow.value = null;
    epoch.value += 1;
  });
  loadList();
  return made;
}

/** A new scenario; with `from` one that begins with the edits of another. */
export const newScenario = (from: string | null = null): Promise<Scenario | null> => change((at) => create(at, from));

/** Takes up a scenario that was made another way, as by accepting a placement. */
export function adopt(made: Scenario): void {
  scenarioLoader.put(made);
  loadList();
  chooseScenario(made.id);
}

export function describe(text: { name?: string; notes?: string }): Promise<Scenario | null> {
  const id = scenarioId.peek();
  if (id === null) return Promise.resolve(null);
  return change(async (at) => {
    const now = await api.describeScenario(at, seen(id), text);
    scenarioLoader.put(now);
    loadList();
    return now;
  });
}

export function deleteScenario(): Promise<null> {
  const now = scenario.peek();
  if (now === null) return Promise.resolve(null);
  return change(async (at) => {
    await api.deleteScenario(at, seen(now.id));
    deleted.value = { id: now.id, name: now.name };
    chooseScenario(null);
    loadList();
    return null;
  });
}

export function restoreDeleted(): Promise<Scenario | null> {
  const gone = deleted.peek();
  if (gone === null) return Promise.resolve(null);
  return change(async (at) => {
    const back = await api.restoreScenario(at, gone.id);
    deleted.value = null;
    adopt(back);
    return back;
  });
}

/** A new scenario with its first edit; an edit that is refused leaves none behind. */
async function beginWith(at: string, edit: Edit, query: CoverageQuery): Promise<Effect> {
  await api.preview(at, null, edit, query, new AbortController().signal);
  const made = await api.createScenario(at, { name: nextName() });
  try {
    const effect = await api.edit(at, made.id, edit, query);
    scenarioLoader.put(made);
    return await take(at, made.id, effect);
  } catch (error) {
    if (scenarioId.peek() !== made.id) await api.deleteScenario(at, made);
    throw error;
  } finally {
    loadList();
  }
}

async function take(at: string, id: string, made: Effect): Promise<Effect> {
  batch(() => {
    scenarioId.value = id;
    effectNow.value = { kind: 'made', effect: made };
    overlay.value = made;
    epoch.value += 1;
  });
  scenarioLoader.put(await api.scenario(at, id, new AbortController().signal));
  return made;
}

/** Makes an edit; over the study as it stands, that begins a scenario. */
export function makeEdit(edit: Edit, query: CoverageQuery): Promise<Effect | null> {
  return change(async (at) => {
    const id = scenarioId.peek();
    return id === null ? beginWith(at, edit, query) : take(at, id, await api.edit(at, id, edit, query));
  });
}

export const undo = (query: CoverageQuery): Promise<Effect | null> => step(query, api.undo);
export const redo = (query: CoverageQuery): Promise<Effect | null> => step(query, api.redo);

/** The scenario as it is shown: what is taken back is what is seen. */
function seen(id: string): { id: string; revision: number } {
  return { id, revision: scenario.peek()?.revision ?? 0 };
}

function step(query: CoverageQuery, ask: (at: string, seen: { id: string; revision: number }, query: CoverageQuery) => Promise<Effect>): Promise<Effect | null> {
  const id = scenarioId.peek();
  if (id === null) return Promise.resolve(null);
  return change(async (at) => take(at, id, await ask(at, seen(id), query)));
}
