// Something that comes from the server: not asked for, on its way, here, or refused. What was here before stays
// at hand while the next answer is on its way, so that the page does not blink.
import { signal, type Signal } from '@preact/signals';
import { ApiError, type Problem } from '../api/client';

export type Resource<T> =
  | { kind: 'idle' }
  | { kind: 'loading'; last: T | null }
  | { kind: 'ready'; data: T }
  | { kind: 'failed'; problem: Problem; last: T | null };

/** The newest data of a resource, also while it is being refreshed. */
export function latest<T>(resource: Resource<T>): T | null {
  switch (resource.kind) {
    case 'idle':
      return null;
    case 'ready':
      return resource.data;
    default:
      return resource.last;
  }
}

export function problemOf(error: unknown): Problem {
  if (error instanceof ApiError) return error.problem;
  return { kind: 'refused', title: error instanceof Error ? error.message : String(error), detail: '', status: null };
}

/** Loads one thing at a time into a signal; a newer request ends the older one. */
export class Loader<T> {
  readonly state: Signal<Resource<T>> = signal<Resource<T>>({ kind: 'idle' });
  private running: AbortController | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private again: (() => void) | null = null;

  /** Asks after `delayMs` of quiet; `keep` says whether the last data stays shown meanwhile. */
  load(ask: (signal: AbortSignal) => Promise<T>, options: { delayMs?: number; keep?: boolean } = {}): void {
    this.stop();
    const last = options.keep === false ? null : latest(this.state.peek());
    this.again = () => this.load(ask, { keep: true });
    this.state.value = { kind: 'loading', last };
    const running = new AbortController();
    this.running = running;
    const start = () => void this.run(ask, running, last);
    if (options.delayMs === undefined || options.delayMs <= 0) start();
    else this.timer = setTimeout(start, options.delayMs);
  }

  /** Asks the same question again. */
  retry(): void {
    this.again?.();
  }

  /** Puts an answer that came another way. */
  put(data: T): void {
    this.stop();
    this.state.value = { kind: 'ready', data };
  }

  clear(): void {
    this.stop();
    this.again = null;
    this.state.value = { kind: 'idle' };
  }

  private stop(): void {
    clearTimeout(this.timer);
    this.running?.abort();
    this.running = null;
  }

  private async run(ask: (signal: AbortSignal) => Promise<T>, running: AbortController, last: T | null): Promise<void> {
    try {
      const data = await ask(running.signal);
      if (!running.signal.aborted) this.state.value = { kind: 'ready', data };
    } catch (error) {
      if (!running.signal.aborted) this.state.value = { kind: 'failed', problem: problemOf(error), last };
    }
  }
}
