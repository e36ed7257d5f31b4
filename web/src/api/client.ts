// Everything the page asks of the server, by name.
import { address, ApiError, request, type Parameters } from './http';
import type { Effect, Edit, HistoryEntry, Scenario, ScenarioHead } from './scenario-types';
import type { Comparison, Composite, Coverage, Difference, Facilities, Gain, Gaps, Job, Library, LonLat, Reach, ReachStreets, Route, SearchHit, Study, Why, Zones } from './types';

export { ApiError, type Problem } from './http';

/** Which numbers are asked for: a service, who walks, whom it is for, and the inclusive cutoff. */
export interface CoverageQuery {
  function: string;
  profile: string;
  group: string;
  cutoff_min: number;
}

/** Where numbers are asked for: a study as it stands (`scenario` null) or as a scenario edits it. */
export interface Site {
  study: string;
  scenario: string | null;
}

const studyPath = (study: string, rest = '') => `studies/${encodeURIComponent(study)}${rest === '' ? '' : `/${rest}`}`;
const scenarioPath = (study: string, id: string, rest = '') => studyPath(study, `scenarios/${encodeURIComponent(id)}${rest === '' ? '' : `/${rest}`}`);
const at = ([lon, lat]: LonLat): Parameters => ({ lon: lon.toFixed(6), lat: lat.toFixed(6) });

const CLOSED = 409;
/** Between two looks at a job, in milliseconds: often at first, then less so. */
const LOOK_AGAIN_MS = [40, 60, 100, 160, 250, 400];

/** Asks for a result; a study that is closed, as after a restart of the server, is opened first. */
async function result<T>(site: Site, name: string, parameters: Parameters, signal: AbortSignal): Promise<T> {
  const ask = () => request<T>('GET', studyPath(site.study, name), { parameters: { ...parameters, scenario: site.scenario }, signal });
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof ApiError) || error.problem.status !== CLOSED) throw error;
    await untilOpen(site.study, signal);
    return ask();
  }
}

/** Has a study opened and waits until it is; `told` hears how far it is. */
export async function untilOpen(study: string, signal: AbortSignal, told: (job: Job) => void = () => undefined): Promise<void> {
  const { id } = await api.openStudy(study, signal);
  let job = await api.job(id, signal);
  for (let looks = 0; job.state === 'queued' || job.state === 'running'; looks += 1) {
    told(job);
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS[looks] ?? LOOK_AGAIN_MS.at(-1)));
    job = await api.job(id, signal);
  }
  if (job.state !== 'done') throw new ApiError({ kind: 'refused', title: job.state, detail: reasonOf(job), status: null });
}

const reasonOf = ({ problem }: Job) => (typeof problem === 'string' ? problem : [problem?.title, problem?.detail].filter((text) => text !== undefined).join(': '));

/** A scenario as it was seen. */
interface Seen {
  id: string;
  revision: number;
}

export const api = {
  library: (signal: AbortSignal) => request<Library>('GET', 'studies', { signal }),
  openStudy: (study: string, signal: AbortSignal) => request<{ id: string }>('POST', studyPath(study, 'open'), { signal }),
  job: (id: string, signal: AbortSignal) => request<Job>('GET', `jobs/${encodeURIComponent(id)}`, { signal }),
  study: (study: string, signal: AbortSignal) => request<Study>('GET', studyPath(study), { signal }),

  zones: (site: Site, signal: AbortSignal) => result<Zones>(site, 'zones', {}, signal),
  coverage: (site: Site, query: CoverageQuery, signal: AbortSignal) => result<Coverage>(site, 'coverage', { ...query }, signal),
  gaps: (site: Site, query: CoverageQuery, signal: AbortSignal) => result<Gaps>(site, 'gaps', { ...query }, signal),
  facilities: (site: Site, functionId: string, signal: AbortSignal) => result<Facilities>(site, 'facilities', { function: functionId }, signal),
  why: (site: Site, place: LonLat, profile: string, cutoff_min: number, signal: AbortSignal) =>
    result<Why>(site, 'why', { ...at(place), profile, cutoff_min }, signal),
  route: (site: Site, place: LonLat, facility: number, profile: string, signal: AbortSignal) =>
    result<Route>(site, 'route', { ...at(place), facility, profile }, signal),
  reach: (site: Site, place: LonLat, profile: string, cutoffsMin: readonly number[], signal: AbortSignal) =>
    result<Reach>(site, 'reach', { ...at(place), profile, cutoff_min: cutoffsMin.join(',') }, signal),
  reachStreets: (site: Site, place: LonLat, profile: string, cutoffsMin: readonly number[], signal: AbortSignal) =>
    result<ReachStreets>(site, 'reach', { ...at(place), profile, cutoff_min: cutoffsMin.join(','), what: 'streets' }, signal),
  search: (site: Site, words: string, signal: AbortSignal) => result<{ results: SearchHit[] }>(site, 'search', { q: words, limit: 12 }, signal),

  gain: (site: Site, query: CoverageQuery, signal: AbortSignal) => result<Gain>(site, 'gain', { ...query }, signal),

  composite: (site: Site, query: CoverageQuery, functions: readonly string[], signal: AbortSignal) =>
    result<Composite>(site, 'composite', { profile: query.profile, group: query.group, cutoff_min: query.cutoff_min, functions: functions.join(',') }, signal),
  compare: (study: string, a: string, b: string, query: CoverageQuery, signal: AbortSignal) =>
    request<Comparison>('GET', studyPath(study, 'compare'), { parameters: { a, b, ...query }, signal }),
  difference: (study: string, a: string, b: string, query: CoverageQuery, signal: AbortSignal) =>
    request<Difference>('GET', studyPath(study, 'compare/points'), { parameters: { a, b, ...query }, signal }),

  scenarios: (study: string, signal: AbortSignal) => request<{ scenarios: ScenarioHead[] }>('GET', studyPath(study, 'scenarios'), { signal }),
  scenario: (study: string, id: string, signal: AbortSignal) => request<Scenario>('GET', scenarioPath(study, id), { signal }),
  createScenario: (study: string, body: { name: string; notes?: string; from?: string }) =>
    request<Scenario>('POST', studyPath(study, 'scenarios'), { body }),
  /** Where the changes of others are heard of. */
  changesAddress: (study: string) => address(studyPath(study, 'events')),
  describeScenario: (study: string, { id, revision }: Seen, body: { name?: string; notes?: string }) =>
    request<Scenario>('PATCH', scenarioPath(study, id), { body, seen: revision }),
  deleteScenario: (study: string, { id, revision }: Seen) => request<null>('DELETE', scenarioPath(study, id), { seen: revision }),
  restoreScenario: (study: string, id: string) => request<Scenario>('POST', scenarioPath(study, id, 'restore')),
  history: (study: string, id: string, signal: AbortSignal) => request<{ entries: HistoryEntry[] }>('GET', scenarioPath(study, id, 'history'), { signal }),
  edit: (study: string, id: string, edit: Edit, query: CoverageQuery) => request<Effect>('POST', scenarioPath(study, id, 'edits'), { body: { edit, ...query } }),
  undo: (study: string, { id, revision }: Seen, query: CoverageQuery) =>
    request<Effect>('POST', scenarioPath(study, id, 'undo'), { body: { ...query }, seen: revision }),
  redo: (study: string, { id, revision }: Seen, query: CoverageQuery) =>
    request<Effect>('POST', scenarioPath(study, id, 'redo'), { body: { ...query }, seen: revision }),
  /** `id` null: over the study as it stands. */
  preview: (study: string, id: string | null, edit: Edit, query: CoverageQuery, signal: AbortSignal) =>
    request<Effect>('POST', scenarioPath(study, id ?? 'baseline', 'preview'), { body: { edit, ...query }, signal }),
};

/** Addresses of the vector tiles; MapLibre wants them whole. */
export const tiles = {
  base: (study: string) => absolute(`tiles/${encodeURIComponent(study)}/base/{z}/{x}/{y}.mvt`),
  time: (site: Site, functionId: string, profile: string) =>
    absolute(`tiles/${encodeURIComponent(site.study)}/time/${encodeURIComponent(functionId)}/${encodeURIComponent(profile)}/{z}/{x}/{y}.mvt${of(site)}`),
  composite: (site: Site, { profile, cutoff_min }: CoverageQuery, functions: readonly string[]) =>
    absolute(`tiles/${[site.study, 'composite', functions.join(','), profile, String(cutoff_min)].map(encodeURIComponent).join('/')}/{z}/{x}/{y}.mvt${of(site)}`),
  gain: (site: Site, { function: functionId, profile, group, cutoff_min }: CoverageQuery) =>
    absolute(`tiles/${[site.study, 'gain', functionId, profile, group, String(cutoff_min)].map(encodeURIComponent).join('/')}/{z}/{x}/{y}.mvt${of(site)}`),
};

const of = ({ scenario }: Site) => (scenario === null ? '' : `?scenario=${encodeURIComponent(scenario)}`);

function absolute(path: string): string {
  const root = new URL('.', window.location.href).href;
  return root + path;
}
