// Requests and refusals. With `early.ts` the only place that calls fetch; all addresses are relative to the page.
import { taken } from './early';

/** What went wrong, in a form the page can show. `offline`: the server did not answer at all. */
export interface Problem {
  kind: 'offline' | 'refused';
  title: string;
  detail: string;
  status: number | null;
}

let inChinese = false;

/** Whether refusals are told in Chinese, where the server has it. */
export function tellInChinese(wanted: boolean): void {
  inChinese = wanted;
}

export class ApiError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail || problem.title);
  }
}

export type Parameters = Record<string, string | number | null | undefined>;
export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

export function address(path: string, parameters: Parameters = {}): string {
  const given = Object.entries(parameters).flatMap(([key, value]) => (value === null || value === undefined ? [] : [[key, String(value)]]));
  const text = new URLSearchParams(given).toString();
  return `./api/v1/${path}${text === '' ? '' : `?${text}`}`;
}

/** Asks and reads JSON; an answer without a body reads as null. `seen` is the revision that a change is made on. */
export function request<T>(method: Method, path: string, options: { parameters?: Parameters; body?: unknown; signal?: AbortSignal; seen?: number } = {}): Promise<T> {
  return exchange<T>(address(path, options.parameters), {
    method,
    headers: {
      accept: 'application/json',
      ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(options.seen === undefined ? {} : { 'if-match': `"${options.seen}"` }),
    },
    ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    ...(options.signal ? { signal: options.signal } : {}),
  });
}

/** Sends a file as it is and reads JSON. */
export function send<T>(path: string, parameters: Parameters, file: Blob): Promise<T> {
  return exchange<T>(address(path, parameters), { method: 'POST', headers: { accept: 'application/json', 'content-type': 'application/octet-stream' }, body: file });
}

async function exchange<T>(where: string, wish: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await ((wish.method === 'GET' ? taken(where) : null) ?? fetch(where, wish));
  } catch (error) {
    if (wish.signal?.aborted) throw error;
    throw new ApiError({ kind: 'offline', title: '', detail: '', status: null });
  }
  if (!response.ok) throw new ApiError(await problemOf(response));
  const text = await response.text();
  return (text === '' ? null : JSON.parse(text)) as T;
}

/** Reads an RFC 9457 body; falls back to the status line when the body is something else. */
async function problemOf(response: Response): Promise<Problem> {
  const fallback = `${response.status} ${response.statusText}`.trim();
  try {
    const body = (await response.json()) as Record<string, unknown>;
    const told = (key: string) => [inChinese ? body[`${key}_zh`] : undefined, body[key]].find((text): text is string => typeof text === 'string');
    return {
      kind: 'refused',
      title: told('title') ?? fallback,
      detail: told('detail') ?? '',
      status: response.status,
    };
  } catch {
    return { kind: 'refused', title: fallback, detail: '', status: response.status };
  }
}
