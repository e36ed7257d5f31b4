// One run of a job: started, followed, ended, its result. A newer run lets go of the older one.
import { batch, computed, signal } from '@preact/signals';
import { follow, isOver } from '../api/follow';
import type { Problem } from '../api/http';
import { jobs } from '../api/jobs';
import type { Job } from '../api/job-types';
import { problemOf } from './resource';

/** Why a job failed, as the page shows it. */
export function failureOf(job: Job): Problem {
  const told = typeof job.problem === 'string' ? { title: '', detail: job.problem } : (job.problem ?? {});
  return { kind: 'refused', title: told.title ?? '', detail: told.detail ?? '', status: null };
}

export class Run<R> {
  readonly job = signal<Job | null>(null);
  readonly result = signal<R | null>(null);
  readonly problem = signal<Problem | null>(null);
  /** Asked to stop, and not yet over. */
  readonly stopping = signal(false);
  readonly busy = computed(() => this.starting.value || (this.job.value !== null && !isOver(this.job.value)));
  private readonly starting = signal(false);
  private abort = new AbortController();

  constructor(private readonly read: (id: string) => Promise<R>) {}

  async start(post: () => Promise<{ id: string }>): Promise<void> {
    this.clear();
    const { signal: aborted } = this.abort;
    this.starting.value = true;
    try {
      const { id } = await post();
      const last = await follow(id, (job) => this.told(job), aborted);
      // A job that was stopped may still have a best so far.
      const result = last.state === 'failed' ? null : await this.read(id).catch((error: unknown) => this.unread(last, error));
      if (aborted.aborted) return;
      batch(() => {
        this.result.value = result;
        if (last.state === 'failed') this.problem.value = failureOf(last);
      });
    } catch (error) {
      if (!aborted.aborted) this.problem.value = problemOf(error);
    } finally {
      if (!aborted.aborted) this.starting.value = false;
    }
  }

  /** Takes up again the newest job of this kind that still works, as after the page was loaded anew. */
  async resume(kind: string, study: string): Promise<void> {
    if (this.busy.peek() || this.job.peek() !== null) return;
    const found = await jobs.all().catch(() => null);
    const job = found?.jobs.find((one) => one.kind === kind && one.study === study && !isOver(one));
    if (job !== undefined && this.job.peek() === null && !this.busy.peek()) await this.start(() => Promise.resolve(job));
  }

  /** Asks the job to stop; what it has found so far is kept. */
  async stop(): Promise<void> {
    const job = this.job.peek();
    if (job === null || isOver(job)) return;
    this.stopping.value = true;
    try {
      await jobs.cancel(job.id);
    } catch (error) {
      this.problem.value = problemOf(error);
    }
  }

  clear(): void {
    this.abort.abort();
    this.abort = new AbortController();
    batch(() => {
      this.job.value = null;
      this.result.value = null;
      this.problem.value = null;
      this.stopping.value = false;
      this.starting.value = false;
    });
  }

  private unread(last: Job, error: unknown): null {
    if (last.state !== 'cancelled') throw error;
    return null;
  }

  private told(job: Job): void {
    batch(() => {
      this.starting.value = false;
      this.job.value = job;
      if (isOver(job)) this.stopping.value = false;
    });
  }
}
