// What the server that this page ships with answers, by its description: nothing is offered that would lead nowhere.
import { BODIES, ROUTES } from './schema.gen';

/** Whether a result, or anything else below a study (or an address from the root), can be asked for, and with a certain parameter. The mock (`VITE_MOCK=1`) answers all there is. */
export function served(name: string, parameter?: string): boolean {
  if (import.meta.env['VITE_MOCK'] === '1') return true;
  const taken = ROUTES[name.startsWith('/') ? name : `/api/v1/studies/{study}/${name}`];
  return taken !== undefined && (parameter === undefined || taken.includes(parameter));
}

/** Whether a request below a study may carry a member, and with this word where its words are few. */
export function takes(request: string, member: string, word?: string): boolean {
  if (import.meta.env['VITE_MOCK'] === '1') return true;
  const words = BODIES[`POST /api/v1/studies/{study}/${request}`]?.[member];
  return words !== undefined && (word === undefined || words.length === 0 || words.includes(word));
}
