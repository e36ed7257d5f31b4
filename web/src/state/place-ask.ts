// What a search for sites is asked, from what the reader chose. Pure.
import type { CoverageQuery } from '../api/client';
import type { PlaceAsk, ProblemId } from '../api/job-types';
import type { LonLat } from '../api/types';

/** The candidates that the server takes by itself. */
export const DEFAULT_FROM = '';

/** What the reader chooses among: a problem, or the one where sites for the most people open year by year. */
export type Objective = ProblemId | 'years';

export const problemOf = (objective: Objective): ProblemId => (objective === 'years' ? 'mclp' : objective);

export interface PlaceForm {
  problem: Objective;
  /** What limits a plan for most people. */
  by: 'sites' | 'budget';
  sites: number;
  budget: number;
  /** in percent */
  target: number;
  phased: boolean;
  /** How many open in each year, or what it may cost. */
  yearly: readonly number[];
  firstYear: number;
  /** Where a site could be: a word of the server, or `file:TOKEN`. */
  from: string;
  timeLimitS: number;
  /** Sites are looked for up to so many minutes away. */
  reachMin: number;
  placesPer1000: number;
  /** Places of a new site. */
  capacity: number;
  gates: number;
  /** Sites beside the gates. */
  beside: number;
  centers: number;
  /** "standard/rule" that centers keep, or keep besides */
  further: string;
  /** Percent that must be covered by the end of each year; 0: nothing is asked of it. */
  milestones: readonly number[];
  /** Two sites are at least so many metres apart; 0: as near as they like. */
  spacingM: number;
  /** At least and at most so many sites in a zone; a number left out asks nothing. */
  zones: readonly ZoneRule[];
}

export interface ZoneRule {
  /** key of a zone, or `*` for every one of the deepest level */
  zone: string;
  least: number | null;
  most: number | null;
}

export const EVERY_ZONE = '*';

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

/** What limits a plan: sites or money. */
const LIMITED: readonly Objective[] = ['mclp', 'capacitated', 'worst-zone', 'pareto', 'center', 'two-tier'];
export const mayLimitMoney = (objective: Objective): boolean => LIMITED.includes(objective) || objective === 'years';
export const hasTarget = (objective: Objective): boolean => objective === 'lscp' || objective === 'cost-to-target' || objective === 'lscp-b';
/** Whether what is chosen may open over several years. */
export const mayPhase = (objective: Objective): boolean => problemOf(objective) === 'mclp' || objective === 'lscp' || objective === 'cost-to-target';
export const servesNearest = (objective: Objective): boolean => objective === 'p-median' || objective === 'p-center';

const sum = (all: readonly number[]) => all.reduce((total, n) => total + n, 0);

/** How many, how much, and when. */
function limits(wish: PlaceForm, phased: boolean): Partial<PlaceAsk> {
  const { problem, by } = wish;
  if (hasTarget(problem)) return { target_share: wish.target / 100, ...(phased ? { phases: wish.yearly.length } : {}) };
  if (phased) return by === 'budget' ? { yearly_budget: [...wish.yearly] } : { sites: sum(wish.yearly), yearly_sites: [...wish.yearly] };
  if (problem === 'gates') return { gates: wish.gates, ...(wish.beside > 0 ? { sites: wish.beside } : {}) };
  return mayLimitMoney(problem) && by === 'budget' ? { budget: wish.budget } : { sites: wish.sites };
}

/** What only some problems are told. */
function own(wish: PlaceForm): Partial<PlaceAsk> {
  switch (wish.problem) {
    case 'p-median':
      return { reach_min: wish.reachMin, unserved_min: wish.reachMin };
    case 'p-center':
      return { reach_min: wish.reachMin };
    case 'capacitated':
      return { places_per_1000: wish.placesPer1000, capacity: wish.capacity };
    case 'two-tier':
      return { center_rule: wish.further, centers: wish.centers };
    case 'center':
      return { also: [{ rule: wish.further }] };
    default:
      return {};
  }
}

/** Whether the problem keeps distances between sites and numbers by zone. */
export const keepsConditions = (objective: Objective): boolean => !servesNearest(objective);

function perZone(rules: readonly ZoneRule[], which: 'least' | 'most'): Record<string, number> | null {
  const told = rules.flatMap((one) => (one[which] === null ? [] : [[one.zone, one[which]] as const]));
  return told.length === 0 ? null : Object.fromEntries(told);
}

/** What sites must keep besides: distances, numbers by zone, shares by year. */
function conditions(wish: PlaceForm, phased: boolean): Partial<PlaceAsk> {
  const kept = keepsConditions(wish.problem);
  const [least, most] = [perZone(wish.zones, 'least'), perZone(wish.zones, 'most')];
  const milestones = wish.milestones.slice(0, wish.yearly.length).flatMap((percent, i) => (percent > 0 ? [{ year: wish.firstYear + i, share: percent / 100 }] : []));
  return {
    ...(kept && wish.spacingM > 0 ? { min_spacing_m: wish.spacingM } : {}),
    ...(kept && least !== null ? { zone_min: least } : {}),
    ...(kept && most !== null ? { zone_max: most } : {}),
    ...(phased && milestones.length > 0 ? { milestones } : {}),
  };
}

/** What the server is asked. Pure. */
export function askOf(asked: CoverageQuery, wish: PlaceForm, promise: string | null, held: ReadonlyMap<string, Lock>): Omit<PlaceAsk, 'scenario'> {
  const bonuses = Object.fromEntries([...held].filter(([, one]) => one.kind === 'bonus').map(([id, one]) => [id, one.bonus]));
  const problem = problemOf(wish.problem);
  const phased = wish.problem === 'years' || (mayPhase(problem) && wish.phased);
  // Gates alone choose no sites.
  const withSites = problem !== 'gates' || wish.beside > 0;
  const { cutoff_min, ...walk } = asked;
  const promised = servesNearest(problem) ? walk : { ...walk, cutoff_min };
  return {
    ...(promise === null ? promised : { rule: promise }),
    problem,
    ...limits(wish, phased),
    ...own(wish),
    ...(phased ? { first_year: wish.firstYear } : {}),
    ...(withSites ? conditions(wish, phased) : {}),
    candidates: withSites && wish.from !== DEFAULT_FROM ? [wish.from] : [],
    required: withSites ? idsOf(held, 'required') : [],
    forbidden: withSites ? idsOf(held, 'forbidden') : [],
    ...(problem === 'mclp' && Object.keys(bonuses).length > 0 ? { bonuses } : {}),
    time_limit_s: wish.timeLimitS,
    seed: 1,
  };
}
