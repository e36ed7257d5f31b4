// Jobs and uploads, by name: what the page may start, follow, end and take away.
import type { Language } from '../format';
import type { Scenario } from './scenario-types';
import type { Audit, ImportReport, Job, JobFile, PlaceAsk, PlaceResult, UploadKind, Verified } from './job-types';
import { address, request, send } from './http';

const study = (id: string, rest: string) => `studies/${encodeURIComponent(id)}/${rest}`;
const job = (id: string, rest = '') => `jobs/${encodeURIComponent(id)}${rest}`;

export const jobs = {
  place: (at: string, ask: PlaceAsk) => request<{ id: string }>('POST', study(at, 'place'), { body: ask }),
  audit: (at: string, scenario: string | null, language: Language) => request<{ id: string }>('POST', study(at, 'audit'), { body: { language, ...(scenario === null ? {} : { scenario }) } }),
  all: () => request<{ jobs: Job[] }>('GET', 'jobs'),
  state: (id: string, signal?: AbortSignal) => request<Job>('GET', job(id), signal ? { signal } : {}),
  cancel: (id: string) => request<Job | null>('DELETE', job(id)),
  plan: (id: string) => request<PlaceResult>('GET', job(id, '/result')),
  /** The audit the study was served with, where there is one. */
  served: (at: string) => request<Audit>('GET', study(at, 'audit')).then(counted),
  findings: (id: string) => request<Audit>('GET', job(id, '/result')).then(counted),
  accept: (id: string, into: { name: string } | { scenario: string }) => request<Scenario>('POST', job(id, '/accept'), { body: into }),
  verify: (id: string) => request<Verified>('POST', job(id, '/verify')),
  files: (id: string) => request<{ files: JobFile[] }>('GET', job(id, '/files')),
  /** Where a file of a job is fetched from. */
  fileAddress: (id: string, name: string) => address(job(id, `/files/${encodeURIComponent(name)}`)),
  eventsAddress: (id: string) => address(job(id, '/events')),

  checkFile: (at: string, kind: UploadKind, file: File, offers: string) =>
    send<ImportReport>(study(at, 'layers'), { kind, name: layerName(file.name), file: file.name, ...(kind === 'facilities' && offers !== '' ? { functions: offers } : {}) }, file),
  acceptFile: (at: string, token: string, replace: boolean) => request<{ id: string }>('POST', study(at, `layers/${encodeURIComponent(token)}/accept`), replace ? { parameters: { replace: 'true' } } : {}),
  discardFile: (at: string, token: string) => request<null>('DELETE', study(at, `layers/${encodeURIComponent(token)}`)),
};

/** The findings with what is counted under one name: where metres of street stand in for people, the file says so in every member. */
export function counted<T>(value: T): T {
  if (Array.isArray(value)) return value.map(counted) as T;
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name.replace('street_m', 'persons'), counted(part)])) as T;
}

/** A layer is called as its file, without the ending. */
function layerName(file: string): string {
  const stem = file.replace(/\.[^.]+$/, '').trim();
  return stem === '' ? 'layer' : stem;
}
