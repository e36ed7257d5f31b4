import { afterEach, describe, expect, it, vi } from 'vitest';
import { early, earlyStudy, taken } from '../api/early';

const answers = (...given: (Response | Error)[]) => {
  const ask = vi.fn(() => {
    const next = given.shift();
    return next instanceof Response ? Promise.resolve(next) : Promise.reject(next ?? new Error('asked too often'));
  });
  vi.stubGlobal('fetch', ask);
  return ask;
};
const AT = './api/v1/studies/x';

describe('a question asked early', () => {
  afterEach(() => vi.unstubAllGlobals());

  it('is answered once, to whoever asks first', async () => {
    const ask = answers(new Response('1'));
    early('studies/x');
    expect(await (await taken(AT))?.text()).toBe('1');
    expect(taken(AT)).toBeNull();
    expect(ask).toHaveBeenCalledTimes(1);
  });

  it('is asked for the study that the link wishes, else the first, where it is open', async () => {
    const list = (state: string) => new Response(JSON.stringify({ studies: [{ id: 'a', state: 'closed' }, { id: 'x', state }] }));
    const ask = answers(list('open'), new Response('the study'), list('open'), list('closed'), new TypeError('offline'));
    await earlyStudy('x');
    expect(await (await taken(AT))?.text()).toBe('the study');
    for (const wish of ['nowhere', 'x', 'x']) await earlyStudy(wish);
    expect(ask).toHaveBeenCalledTimes(5);
    expect(taken(AT)).toBeNull();
    taken('./api/v1/studies')?.catch(() => undefined);
  });

  it('is asked again where it was refused or nobody answered', async () => {
    const ask = answers(new Response('busy', { status: 503 }), new Response('open'), new TypeError('offline'), new Response('back'));
    early('studies/x');
    expect(await (await taken(AT))?.text()).toBe('open');
    early('studies/x');
    expect(await (await taken(AT))?.text()).toBe('back');
    expect(ask).toHaveBeenCalledTimes(4);
  });
});
