// Where the next sites should go: what is asked, the locks on candidates, and the run that answers.
import { computed, effect, signal } from '@preact/signals';
import type { CoverageQuery } from '../api/client';
import type { Problem } from '../api/http';
import { jobs } from '../api/jobs';
import type { PlaceAsk, PlaceResult, Verified } from '../api/job-types';
import type { Study } from '../api/types';
import { boundsOf } from '../map/shapes';
import { ask, flight, query } from './app';
import { askOf, DEFAULT_FROM, splitRule, type Lock, type PlaceForm } from './place-ask';
import { problemOf } from './resource';
import { Run } from './run';
import { adopt, scenarioId } from './scenario';
import { language } from './settings';
import { study } from './study';

export const SITES_MAX = 500;
export const YEARS_MAX = 8;
export const SPACING_MAX_M = 20_000;
export const TIME_LIMITS_S = [10, 30, 120, 600] as const;

export const form = signal<PlaceForm>({
  problem: 'mclp', by: 'sites', sites: 3, budget: 3, target: 95, phased: false, yearly: [1, 1, 1],
  firstYear: new Date().getFullYear() + 1, from: DEFAULT_FROM, timeLimitS: 30,
  reachMin: 60, placesPer1000: 40, capacity: 60, gates: 3, beside: 0, centers: 1, further: '', milestones: [], spacingM: 0, zones: [],
});
/** "standard/rule"; null: the question of the page. */
export const rule = signal<string | null>(null);
export const locks = signal<ReadonlyMap<string, Lock>>(new Map());
/** Files of candidates checked on this visit: token and name. */
export const candidateFiles = signal<readonly { token: string; name: string }[]>([]);
/** id of the candidate or site chosen on the map or in a list */
export const chosenPlan = signal<string | null>(null);

/** The wish is unfolded: before the first search, and whenever the reader changes it. */
export const formOpen = signal(true);

export const run = new Run<PlaceResult>(jobs.plan);
export const plan = run.result;
const askedFor = signal('');
/** The scenario the plan went into. */
export const accepted = signal<{ id: string; name: string } | null>(null);
export const accepting = signal(false);
export const checks = signal<Verified | null>(null);
export const checking = signal(false);
export const actProblem = signal<Problem | null>(null);

export const change = (part: Partial<PlaceForm>): void => {
  form.value = { ...form.peek(), ...part };
};

function ruleOf(known: Study, id: string) {
  const [standard, name] = splitRule(id);
  return known.standards.find((one) => one.id === standard)?.rules.find((one) => one.id === name) ?? null;
}

/** Takes a rule as the question, and shows on the map what it asks for as far as the map can. */
export function chooseRule(id: string | null): void {
  const known = study.peek();
  const found = id === null || known === null ? null : ruleOf(known, id);
  rule.value = null;
  if (found !== null && known !== null) {
    const fn = found.functions.find((one) => known.functions.some((f) => f.id === one));
    ask({
      ...(fn === undefined ? {} : { function: fn }),
      ...(known.profiles.some((p) => p.id === found.profile) ? { profile: found.profile } : {}),
      ...(known.groups.some((g) => g.id === found.group) ? { group: found.group } : {}),
      ...(found.cutoff_min === null ? {} : { cutoff_min: Math.round(found.cutoff_min) }),
    });
  }
  rule.value = found === null ? null : id;
  ruleQuery = query.peek();
}

let ruleQuery: CoverageQuery | null = null;
// Whoever changes the question above lets go of the rule.
effect(() => {
  const now = query.value;
  if (rule.peek() !== null && ruleQuery !== null && now !== ruleQuery) queueMicrotask(() => (rule.value = null));
});

export function lock(id: string, next: Lock | null): void {
  const now = new Map(locks.peek());
  if (next === null) now.delete(id);
  else now.set(id, next);
  locks.value = now;
}

const askNow = computed(() => (query.value === null ? '' : JSON.stringify(askOf(query.value, form.value, rule.value, locks.value))));
/** The plan on screen answers another question than the one above it. */
export const stale = computed(() => plan.value !== null && askedFor.value !== askNow.value);

/** Moves the map to where the sites are. */
function show(found: PlaceResult | null): void {
  const places = found?.sites.map((site) => site.place) ?? [];
  const bounds = places.length === 0 ? null : boundsOf({ type: 'MultiPoint', coordinates: places });
  if (bounds !== null) flight.value = { kind: 'bounds', bounds };
}

export function start(): void {
  const [known, asked] = [study.peek(), query.peek()];
  if (known === null || asked === null) return;
  const scenario = scenarioId.peek();
  const body: PlaceAsk = { ...askOf(asked, form.peek(), rule.peek(), locks.peek()), language: language.peek(), ...(scenario === null ? {} : { scenario }) };
  askedFor.value = askNow.peek();
  formOpen.value = false;
  for (const one of [accepted, checks, actProblem, chosenPlan]) one.value = null;
  void run.start(() => jobs.place(known.id, body)).then(() => {
    if (run.problem.peek() !== null) formOpen.value = true;
    show(plan.peek());
  });
}

/** Does something with the job at hand and shows what is refused. */
async function act(flag: { value: boolean }, work: (id: string) => Promise<void>): Promise<void> {
  const job = run.job.peek();
  if (job === null || flag.value) return;
  flag.value = true;
  actProblem.value = null;
  try {
    await work(job.id);
  } catch (error) {
    actProblem.value = problemOf(error);
  } finally {
    flag.value = false;
  }
}

/** Puts the plan's sites into a new scenario, or into one that is there, and takes it up. */
export const accept = (into: { name: string } | { scenario: string }): Promise<void> =>
  act(accepting, async (id) => {
    const made = await jobs.accept(id, into);
    adopt(made);
    accepted.value = { id: made.id, name: made.name };
  });

export const verify = (): Promise<void> =>
  act(checking, async (id) => {
    checks.value = await jobs.verify(id);
  });
