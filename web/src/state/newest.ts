// One question in flight at a time; of those that come meanwhile only the newest is asked. For drags: the answer on
// screen is never more than one behind the pointer, and the server is never flooded. Pure.

export class Newest<Q, A> {
  private running = false;
  private waiting: Q | null = null;
  private abort = new AbortController();

  constructor(
    private readonly ask: (question: Q, signal: AbortSignal) => Promise<A>,
    private readonly told: (answer: A, question: Q) => void,
    private readonly failed: (error: unknown) => void,
  ) {}

  put(question: Q): void {
    if (this.running) this.waiting = question;
    else void this.run(question);
  }

  /** Forgets what is asked and what waits; nothing more is told. */
  stop(): void {
    this.waiting = null;
    this.abort.abort();
    this.abort = new AbortController();
  }

  private async run(question: Q): Promise<void> {
    this.running = true;
    const { signal } = this.abort;
    try {
      const answer = await this.ask(question, signal);
      if (!signal.aborted) this.told(answer, question);
    } catch (error) {
      if (!signal.aborted) this.failed(error);
    }
    this.running = false;
    const next = this.waiting;
    this.waiting = null;
    if (next !== null) void this.run(next);
  }
}
