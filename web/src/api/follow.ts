// Follows a job to its end: by its events, and by asking now and then where events do not come through.
import type { Job } from './job-types';
import { jobs } from './jobs';

/** Between two looks at a job without events, in milliseconds. */
const LOOK_AGAIN_MS = 700;

export const isOver = (job: Job): boolean => job.state === 'done' || job.state === 'cancelled' || job.state === 'failed';

/** Tells every new state of a job; resolves with the last one. */
export function follow(id: string, told: (job: Job) => void, abort: AbortSignal): Promise<Job> {
  return new Promise((resolve, reject) => {
    const source = new EventSource(jobs.eventsAddress(id));
    let over = false;
    const end = (act: () => void) => {
      if (over) return;
      over = true;
      source.close();
      act();
    };
    const hear = (event: MessageEvent<string>) => {
      const job = JSON.parse(event.data) as Job;
      if (over || abort.aborted) return;
      told(job);
      if (isOver(job)) end(() => resolve(job));
    };
    for (const name of ['progress', 'improvement', 'end']) source.addEventListener(name, hear);
    source.addEventListener('error', () => end(() => look(id, told, abort).then(resolve, reject)));
    abort.addEventListener('abort', () => end(() => reject(new DOMException('aborted', 'AbortError'))));
  });
}

async function look(id: string, told: (job: Job) => void, abort: AbortSignal): Promise<Job> {
  for (;;) {
    const job = await jobs.state(id, abort);
    told(job);
    if (isOver(job)) return job;
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}
