// Questions asked before the page itself is here. Each answer is taken once; whoever asks again asks the server.

const asked = new Map<string, Promise<Response>>();
const JSON_WISH = { headers: { accept: 'application/json' } };

/** Asks for `path` below the interface, so that the answer is at hand when the page wants it. */
export function early(path: string): void {
  const answer = fetch(`./api/v1/${path}`, JSON_WISH);
  answer.catch(() => undefined); // told to whoever takes it
  asked.set(`./api/v1/${path}`, answer);
}

/** The answer to an address that was asked for early, if nobody took it yet. Where it was refused, the server is asked again. */
export function taken(address: string): Promise<Response> | null {
  const answer = asked.get(address);
  if (answer === undefined) return null;
  asked.delete(address);
  const again = () => fetch(address, JSON_WISH);
  return answer.then((told) => (told.ok ? told : again()), again);
}
