// The only place that talks to the server. All addresses are relative to the page.
import type { Coverage, Facilities, Gaps, LonLat, Reach, Route, Study, Why, Zones } from './types';

/** What went wrong, in a form the page can show. `offline`: the server did not answer at all. */
export interface Problem {
  kind: 'offline' | 'refused';
  title: string;
  detail: string;
  status: number | null;
}

export class ApiError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail || problem.title);
  }
}

/** Which numbers are asked for: a service, who walks, whom it is for, and the inclusive cutoff. */
export interface CoverageQuery {
  function: string;
  profile: string;
  group: string;
  cutoff_min: number;
}

type Parameters = Record<string, string | number>;

interface Library {
  studies: { id: string; state: 'closed' | 'opening' | 'open' | 'failed'; detail?: string }[];
}

/** The study that is shown: the first of the library. */
let studyId = '';
const REOPEN_MS = 400;

/** Finds the study, has it opened if it is not, and waits until it is. */
async function opened(signal: AbortSignal): Promise<string> {
  for (let asked = false; ; ) {
    const { studies } = await request<Library>('GET', './api/v1/studies', signal);
    const first = studies[0];
    if (first === undefined) throw new ApiError({ kind: 'refused', title: 'no study', detail: '', status: null });
    if (first.state === 'open') return first.id;
    if (first.state === 'failed' && asked) throw new ApiError({ kind: 'refused', title: first.id, detail: first.detail ?? '', status: null });
    if (first.state !== 'opening') await request<unknown>('POST', `./api/v1/studies/${encodeURIComponent(first.id)}/open`, signal);
    asked = true;
    await new Promise((resolve) => setTimeout(resolve, REOPEN_MS));
  }
}

async function get<T>(path: string, parameters: Parameters, signal: AbortSignal): Promise<T> {
  if (studyId === '') studyId = await opened(signal);
  const query = new URLSearchParams(Object.entries(parameters).map(([key, value]) => [key, String(value)]));
  const text = query.toString();
  const below = path === '' ? '' : `/${path}`;
  return request<T>('GET', `./api/v1/studies/${encodeURIComponent(studyId)}${below}${text === '' ? '' : `?${text}`}`, signal);
}

async function request<T>(method: 'GET' | 'POST', address: string, signal: AbortSignal): Promise<T> {
  let response: Response;
  try {
    response = await fetch(address, { method, signal, headers: { accept: 'application/json' } });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new ApiError({ kind: 'offline', title: '', detail: '', status: null });
  }
  if (!response.ok) throw new ApiError(await problemOf(response));
  return (await response.json()) as T;
}

/** Reads an RFC 9457 body; falls back to the status line when the body is something else. */
async function problemOf(response: Response): Promise<Problem> {
  const fallback = `${response.status} ${response.statusText}`.trim();
  try {
    const body = (await response.json()) as { title?: unknown; detail?: unknown };
    return {
      kind: 'refused',
      title: typeof body.title === 'string' ? body.title : fallback,
      detail: typeof body.detail === 'string' ? body.detail : '',
      status: response.status,
    };
  } catch {
    return { kind: 'refused', title: fallback, detail: '', status: response.status };
  }
}

const at = ([lon, lat]: LonLat): Parameters => ({ lon: lon.toFixed(6), lat: lat.toFixed(6) });

export const api = {
  study: (signal: AbortSignal) => get<Study>('', {}, signal),
  zones: (signal: AbortSignal) => get<Zones>('zones', {}, signal),
  coverage: (query: CoverageQuery, signal: AbortSignal) => get<Coverage>('coverage', { ...query }, signal),
  gaps: (query: CoverageQuery, signal: AbortSignal) => get<Gaps>('gaps', { ...query }, signal),
  facilities: (functionId: string, signal: AbortSignal) => get<Facilities>('facilities', { function: functionId }, signal),
  why: (place: LonLat, profile: string, cutoff_min: number, signal: AbortSignal) =>
    get<Why>('why', { ...at(place), profile, cutoff_min }, signal),
  route: (place: LonLat, facility: number, profile: string, signal: AbortSignal) =>
    get<Route>('route', { ...at(place), facility, profile }, signal),
  reach: (place: LonLat, profile: string, cutoffsMin: readonly number[], signal: AbortSignal) =>
    get<Reach>('reach', { ...at(place), profile, cutoff_min: cutoffsMin.join(',') }, signal),
};

/** Addresses of the vector tiles; MapLibre wants them whole. */
export const tiles = {
  base: () => absolute(`tiles/${encodeURIComponent(studyId)}/base/{z}/{x}/{y}.mvt`),
  time: (functionId: string, profile: string) =>
    absolute(`tiles/${encodeURIComponent(studyId)}/time/${encodeURIComponent(functionId)}/${encodeURIComponent(profile)}/{z}/{x}/{y}.mvt`),
};

function absolute(path: string): string {
  const root = new URL('.', window.location.href).href;
  return root + path;
}
