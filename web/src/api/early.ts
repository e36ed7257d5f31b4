// Questions asked before the page itself is here. Each answer is taken once; whoever asks again asks the server.

const asked = new Map<string, Promise<Response>>();
const JSON_WISH = { headers: { accept: 'application/json' } };

/** Asks for `path` below the interface, so that the answer is at hand when the page wants it. */
export function early(path: string): Promise<Response> {
  const answer = fetch(`./api/v1/${path}`, JSON_WISH);
  answer.catch(() => undefined); // told to whoever takes it
  asked.set(`./api/v1/${path}`, answer);
  return answer;
}

interface Known {
  studies: { id: string; state: string }[];
}

/** Asks which studies there are, and at once for the one that the link wishes, else the first, where it is open. */
export async function earlyStudy(wish: string | null): Promise<void> {
  try {
    const answer = await early('studies');
    const { studies } = (await answer.clone().json()) as Known;
    const chosen = studies.find(({ id }) => id === wish) ?? studies[0];
    if (chosen?.state === 'open') await early(`studies/${encodeURIComponent(chosen.id)}`);
  } catch {
    // whoever takes the answer is told what is wrong with it
  }
}

/** The answer to an address that was asked for early, if nobody took it yet. Where it was refused, the server is asked again. */
export function taken(address: string): Promise<Response> | null {
  const answer = asked.get(address);
  if (answer === undefined) return null;
  asked.delete(address);
  const again = () => fetch(address, JSON_WISH);
  return answer.then((told) => (told.ok ? told : again()), again);
}
