// What a search for sites is asked, from what the reader chose. Pure.
import type { CoverageQuery } from '../api/client';
import type { PlaceAsk, ProblemId } from '../api/job-types';
import type { LonLat } from '../api/types';

/** The candidates that the server takes by itself. */
export const DEFAULT_FROM = '';

export interface PlaceForm {
  problem: ProblemId;
  /** What limits a plan for most people. */
  by: 'sites' | 'budget';
  sites: number;
  budget: number;
  /** in percent */
  target: number;
  phased: boolean;
  /** How many open in each year. */
  yearly: readonly number[];
  firstYear: number;
  /** Where a site could be: a word of the server, or `file:TOKEN`. */
  from: string;
  timeLimitS: number;
}

export interface Lock {
  kind: 'required' | 'forbidden' | 'bonus';
  name: string;
  place: LonLat;
  /** persons, for a bonus */
  bonus: number;
}

export const splitRule = (id: string): [string, string] => {
  const at = id.indexOf('/');
  return [id.slice(0, at), id.slice(at + 1)];
};

const idsOf = (all: ReadonlyMap<string, Lock>, kind: Lock['kind']) => [...all].filter(([, one]) => one.kind === kind).map(([id]) => id);

/** What the server is asked. Pure. */
export function askOf(asked: CoverageQuery, wish: PlaceForm, promise: string | null, held: ReadonlyMap<string, Lock>): Omit<PlaceAsk, 'scenario'> {
  const bonuses = Object.fromEntries([...held].filter(([, one]) => one.kind === 'bonus').map(([id, one]) => [id, one.bonus]));
  const covering = wish.problem === 'mclp' || wish.problem === 'lscp';
  const phased = covering && wish.phased;
  const total = wish.yearly.reduce((sum, n) => sum + n, 0);
  return {
    ...(promise === null ? asked : { rule: promise }),
    problem: wish.problem,
    ...(wish.problem === 'lscp' ? { target_share: wish.target / 100 } : {}),
    ...(wish.problem === 'mclp' && wish.by === 'budget' && !phased ? { budget: wish.budget } : {}),
    ...(wish.problem !== 'lscp' && (wish.by === 'sites' || wish.problem !== 'mclp' || phased) ? { sites: phased ? total : wish.sites } : {}),
    ...(phased ? { first_year: wish.firstYear } : {}),
    ...(phased && wish.problem === 'mclp' ? { yearly_sites: [...wish.yearly] } : {}),
    ...(phased && wish.problem === 'lscp' ? { phases: wish.yearly.length } : {}),
    candidates: wish.from === DEFAULT_FROM ? [] : [wish.from],
    required: idsOf(held, 'required'),
    forbidden: idsOf(held, 'forbidden'),
    ...(wish.problem === 'mclp' && Object.keys(bonuses).length > 0 ? { bonuses } : {}),
    time_limit_s: wish.timeLimitS,
    seed: 1,
  };
}
