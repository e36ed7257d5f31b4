import { describe, expect, it } from 'vitest';
import { ApiError } from '../api/client';
import { latest, Loader } from '../state/resource';

const soon = () => new Promise((done) => setTimeout(done, 5));

describe('a loader', () => {
  it('lets only the newest question answer', async () => {
    const loader = new Loader<string>();
    let release: (value: string) => void = () => {};
    loader.load(() => new Promise((done) => (release = done)));
    loader.load(async () => 'new');
    release('old');
    await soon();
    expect(loader.state.value).toEqual({ kind: 'ready', data: 'new' });
  });

  it('keeps the last data while the next is on its way, unless told otherwise', async () => {
    const loader = new Loader<string>();
    loader.load(async () => 'first');
    await soon();
    loader.load(() => new Promise(() => {}));
    expect(latest(loader.state.value)).toBe('first');
    loader.load(() => new Promise(() => {}), { keep: false });
    expect(latest(loader.state.value)).toBeNull();
  });

  it('keeps a refusal with its words and asks the same again on retry', async () => {
    const problem = { kind: 'refused', title: 'unknown function', detail: 'known: meals', status: 404 } as const;
    const loader = new Loader<string>();
    let tries = 0;
    loader.load(async () => {
      tries += 1;
      if (tries === 1) throw new ApiError(problem);
      return 'better';
    });
    await soon();
    expect(loader.state.value).toEqual({ kind: 'failed', problem, last: null });
    loader.retry();
    await soon();
    expect(loader.state.value).toEqual({ kind: 'ready', data: 'better' });
  });

  it('asks once after the slider has come to rest', async () => {
    const loader = new Loader<number>();
    const asked: number[] = [];
    for (const minute of [11, 12, 13]) {
      loader.load(async () => {
        asked.push(minute);
        return minute;
      }, { delayMs: 2 });
    }
    await new Promise((done) => setTimeout(done, 20));
    expect(asked).toEqual([13]);
  });
});
