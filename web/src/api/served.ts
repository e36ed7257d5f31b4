// What the server that this page ships with answers, by its description: nothing is offered that would lead nowhere.
import { ROUTES } from './schema.gen';

/** Whether a result, or anything else below a study (or an address from the root), can be asked for, and with a certain parameter. The mock (`VITE_MOCK=1`) answers all there is. */
export function served(name: string, parameter?: string): boolean {
  if (import.meta.env['VITE_MOCK'] === '1') return true;
  const taken = ROUTES[name.startsWith('/') ? name : `/api/v1/studies/{study}/${name}`];
  return taken !== undefined && (parameter === undefined || taken.includes(parameter));
}
