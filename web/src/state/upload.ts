// A file that the reader brings: checked first, shown, then taken up or let go.
import { batch, signal } from '@preact/signals';
import { follow } from '../api/follow';
import type { Problem } from '../api/http';
import { jobs } from '../api/jobs';
import type { ImportReport, UploadKind } from '../api/job-types';
import { candidateFiles, change } from './place';
import { problemOf } from './resource';
import { failureOf } from './run';
import { epoch } from './scenario';
import { openStudy, study } from './study';

export type UploadState =
  | { kind: 'closed' }
  | { kind: 'asking' }
  | { kind: 'checking'; file: string }
  | { kind: 'told'; file: string; report: ImportReport }
  | { kind: 'taking'; file: string; report: ImportReport }
  | { kind: 'taken'; file: string; report: ImportReport };

export const upload = signal<UploadState>({ kind: 'closed' });
export const uploadKind = signal<UploadKind>('facilities');
/** What places offer where the file does not say; empty: as its name says. */
export const uploadOffers = signal('');
export const uploadProblem = signal<Problem | null>(null);

export function openUpload(kind: UploadKind): void {
  batch(() => {
    uploadKind.value = kind;
    uploadOffers.value = '';
    uploadProblem.value = null;
    upload.value = { kind: 'asking' };
  });
}

export async function check(file: File): Promise<void> {
  const at = study.peek()?.id;
  if (at === undefined) return;
  batch(() => {
    uploadProblem.value = null;
    upload.value = { kind: 'checking', file: file.name };
  });
  try {
    const report = await jobs.checkFile(at, uploadKind.peek(), file, uploadOffers.peek());
    if (upload.peek().kind === 'checking') upload.value = { kind: 'told', file: file.name, report };
    else void discard(report.token);
  } catch (error) {
    if (upload.peek().kind !== 'checking') return;
    batch(() => {
      uploadProblem.value = problemOf(error);
      upload.value = { kind: 'asking' };
    });
  }
}

/** Candidates are for the next search only; the rest goes into the study, which is read anew. What it takes the place of was shown. */
export async function take(): Promise<void> {
  const now = upload.peek();
  const at = study.peek()?.id;
  if (now.kind !== 'told' || at === undefined) return;
  if (now.report.kind === 'candidates') {
    const { token } = now.report;
    candidateFiles.value = [...candidateFiles.peek(), { token, name: now.file }];
    change({ from: `file:${token}` });
    upload.value = { kind: 'closed' };
    return;
  }
  upload.value = { ...now, kind: 'taking' };
  try {
    const { id } = await jobs.acceptFile(at, now.report.token, (now.report.replaces ?? null) !== null);
    const last = await follow(id, () => undefined, new AbortController().signal);
    if (last.state !== 'done') return fail(now, failureOf(last));
    openStudy(at);
    epoch.value += 1;
    upload.value = { ...now, kind: 'taken' };
  } catch (error) {
    fail(now, problemOf(error));
  }
}

function fail(now: Extract<UploadState, { kind: 'told' }>, problem: Problem): void {
  batch(() => {
    uploadProblem.value = problem;
    upload.value = now;
  });
}

async function discard(token: string): Promise<void> {
  const at = study.peek()?.id;
  // What is not let go now is forgotten when the server ends; nothing was kept.
  if (at !== undefined) await jobs.discardFile(at, token).catch(() => null);
}

export function close(): void {
  const now = upload.peek();
  upload.value = { kind: 'closed' };
  uploadProblem.value = null;
  if (now.kind === 'told') void discard(now.report.token);
}
