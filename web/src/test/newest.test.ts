import { describe, expect, it } from 'vitest';
import { Newest } from '../state/newest';

/** A server that answers when told to. */
function slow() {
  const asked: { question: number; answer: (value: string) => void; fail: (error: Error) => void }[] = [];
  const ask = (question: number) => new Promise<string>((resolve, reject) => void asked.push({ question, answer: resolve, fail: reject }));
  return { asked, ask };
}
const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('the newest question', () => {
  it('goes out alone, and of those that wait only the last', async () => {
    const { asked, ask } = slow();
    const told: string[] = [];
    const newest = new Newest(ask, (answer) => told.push(answer), () => undefined);
    for (const question of [1, 2, 3, 4]) newest.put(question);
    expect(asked.map(({ question }) => question)).toEqual([1]);
    asked[0]?.answer('one');
    await turn();
    expect(asked.map(({ question }) => question)).toEqual([1, 4]);
    asked[1]?.answer('four');
    await turn();
    expect(told).toEqual(['one', 'four']);
  });

  it('goes on after a refusal', async () => {
    const { asked, ask } = slow();
    const failed: unknown[] = [];
    const newest = new Newest(ask, () => undefined, (error) => failed.push(error));
    newest.put(1);
    newest.put(2);
    asked[0]?.fail(new Error('no'));
    await turn();
    expect(failed).toHaveLength(1);
    expect(asked.map(({ question }) => question)).toEqual([1, 2]);
  });

  it('tells nothing once stopped', async () => {
    const { asked, ask } = slow();
    const told: string[] = [];
    const newest = new Newest(ask, (answer) => told.push(answer), () => undefined);
    newest.put(1);
    newest.put(2);
    newest.stop();
    asked[0]?.answer('late');
    await turn();
    expect(told).toEqual([]);
    expect(asked).toHaveLength(1);
  });
});
