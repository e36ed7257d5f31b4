// Work that takes a while, as /api/v1 tells of it: looking for sites, auditing, taking up a file.
import type { FeatureCollection, Point } from 'geojson';
import type { Job as OpenJob, LonLat, Named } from './types';

/** The best so far and the bound, at a moment of the search. */
export interface TrailPoint {
  /** seconds since the work began */
  s: number;
  value: number | null;
  bound: number | null;
  /** 0 to 1 */
  gap: number | null;
}

export interface Job extends Omit<OpenJob, 'problem'> {
  trail?: TrailPoint[];
  /** A sentence; some servers tell more. */
  problem?: string | { title?: string; detail?: string } | null;
}

export const PROBLEMS = ['mclp', 'lscp', 'cost-to-target', 'worst-zone', 'capacitated', 'p-median', 'p-center', 'gates', 'two-tier', 'center', 'pareto', 'lscp-b', 'p-dispersion'] as const;
export type ProblemId = (typeof PROBLEMS)[number];

export interface PlaceAsk {
  /** "standard/rule"; else the four after it */
  rule?: string;
  function?: string;
  profile?: string;
  group?: string;
  cutoff_min?: number;
  problem: ProblemId;
  sites?: number;
  budget?: number;
  target_share?: number;
  yearly_sites?: number[];
  yearly_budget?: number[];
  /** years that share the sites evenly */
  phases?: number;
  first_year?: number;
  reach_min?: number;
  unserved_min?: number;
  places_per_1000?: number;
  capacity?: number;
  gates?: number;
  center_rule?: string;
  centers?: number;
  also?: { rule: string; cost?: number }[];
  language?: 'zh' | 'en';
  candidates: string[];
  required: string[];
  forbidden: string[];
  /** candidate id → persons it counts for besides those it covers */
  bonuses?: Record<string, number>;
  /** shares of all people that certain years must reach, those covered today included */
  milestones?: { year: number; share: number }[];
  /** least straight-line distance between two sites */
  min_spacing_m?: number;
  /** zone key → at least so many sites there; `*` is every zone of the deepest level */
  zone_min?: Record<string, number>;
  zone_max?: Record<string, number>;
  /** what is open today counts in both */
  zone_counts_open?: boolean;
  scenario?: string;
  time_limit_s: number;
  seed: number;
}

export type PlaceUnit = 'persons' | 'sites' | 'cost' | 'percent' | 'min' | 'person_min';

export interface PlanSite {
  order: number;
  id: string;
  name: string;
  street?: string | null;
  zone?: string | null;
  place: LonLat;
  cost: number;
  phase: number | null;
  year?: number | null;
  status: string;
  /** what it is; a site when absent */
  kind?: 'site' | 'center' | 'gate';
  /** functions it opens with, when there are several promises */
  functions?: string[];
  /** the two sides of a gate */
  sides?: [LonLat, LonLat];
  gained_persons: number | null;
  cumulative_persons: number | null;
  /** people whose nearest it is */
  served_persons?: number;
}

/** A programme over several years. */
export interface PlanYears {
  status: 'optimal' | 'feasible' | 'infeasible' | 'unsolved';
  reason: string | null;
  person_years: number;
  bound_person_years: number;
  gap: number;
  target_share: number | null;
  /** the year at whose end the target is met */
  met: number | null;
  earliest: number | null;
}

/** A further table of a plan, ready to be read. */
export interface PlanTable {
  id: string;
  title: string;
  text: string;
  columns: { id: string; title: string; is_number: boolean }[];
  rows: string[][];
}

export interface CurveStep {
  sites: number;
  id: string;
  gained_persons: number;
  cumulative_persons: number;
  share: number | null;
  in_plan: boolean;
}

export interface PhaseRow {
  phase: number;
  year?: number | null;
  sites: number;
  cost: number;
  gained_persons: number;
  covered_persons: number;
  share: number | null;
  bound_persons: number | null;
  bound_share?: number | null;
  gap: number | null;
  /** share asked for by the end of the year */
  milestone_share: number | null;
}

export interface RunnerUp {
  rank: number;
  id: string;
  name: string;
  place: LonLat;
  instead_of: string | null;
  lost_persons: number;
  extra_cost: number;
  on_top_persons: number;
}

export interface ZoneGain {
  id: string;
  name: string;
  level: string;
  persons: number;
  before_share: number | null;
  after_share: number | null;
  gained_persons: number;
}

export interface SpeedGain {
  walk_speed_m_s: number;
  before_share: number | null;
  share: number | null;
  gained_persons: number;
}

/** How people fare before or after the plan. */
export interface Standing {
  covered_persons?: number | null;
  share?: number | null;
  mean_min?: number | null;
  longest_min?: number | null;
}

export interface PlaceResult {
  problem: ProblemId;
  unit: PlaceUnit;
  value: number | null;
  bound: number | null;
  gap: number | null;
  optimal: boolean;
  status: 'optimal' | 'feasible' | 'infeasible' | 'unsolved';
  reason?: string | null;
  seconds: number;
  persons: number;
  before: Standing;
  after: Standing;
  /** the promise in one line: what, how far, who walks, for whom, whether places are counted */
  promise?: string;
  /** what the plan changes, a line each, the question's own first */
  headline?: string[];
  notes?: string[];
  sites: PlanSite[];
  curve: CurveStep[];
  phases: PhaseRow[];
  years?: PlanYears | null;
  tables?: PlanTable[];
  runners_up: RunnerUp[];
  zones: ZoneGain[];
  sensitivity: SpeedGain[];
  candidates?: { count: number; from: string; places: [string, number, number][] };
}

export interface Verified {
  valid: boolean;
  checks: { holds: boolean; text: string }[];
  not_checked: string[];
  reason?: string | null;
}

export interface AuditSpeed {
  walk_speed_m_s: number;
  covered_persons: number;
  share: number | null;
}

export interface AuditRule extends Omit<Named, 'id'> {
  standard: string;
  rule: string;
  /** title, walker, group, cutoff and places */
  name_en: string;
  name_zh: string;
  functions: string[];
  profile: string;
  group: string;
  group_lacking?: boolean;
  cutoff_min?: number | null;
  cutoff_m?: number | null;
  facilities: number;
  off_network_facilities: number;
  persons: number;
  /** null while no place is recorded, as the next and the shares */
  covered_persons: number | null;
  left_out_persons: number | null;
  no_street_persons: number;
  /** within the cutoff on foot, of those with street data */
  share: number | null;
  /** what the outcome rests on: those with a place where places are counted */
  judged_share: number | null;
  capacity?: { served_persons: number } | null;
  pass_share: number | null;
  benchmark_share?: number | null;
  outcome: Outcome;
  verified: boolean;
  source: string;
  source_zh?: string;
  speeds: AuditSpeed[];
  gaps?: number;
}

/** A verdict, or why there is none. */
export type Outcome = 'benchmark' | 'pass' | 'fail' | 'counted_only' | 'unverified' | 'not_recorded' | 'not_assessable';

/** How many rules came out how. */
export interface Tally {
  judged: number;
  met: number;
  failed: number;
  counted_only: number;
  unverified: number;
  not_recorded: number;
  not_assessable: number;
}

/** How complete the layers are that the verdicts rest on. */
export interface Completeness {
  unit: string;
  persons: number;
  no_street_persons: number;
  no_street_share: number | null;
  functions: { function: string; en: string; zh: string; open: number; off_network: number; recorded: boolean }[];
}

export interface Audit {
  completeness: Completeness;
  tally: Tally;
  rules: AuditRule[];
  totals: { unit: string; demand_points: number; facilities: number };
  provenance: { study: string; study_hash: string };
}

export interface JobFile {
  name: string;
  bytes: number;
  media_type: string;
}

export const UPLOAD_KINDS = ['facilities', 'demand', 'zones', 'candidates'] as const;
export type UploadKind = (typeof UPLOAD_KINDS)[number];

/** What was understood of a file, before anything is kept. */
export interface ImportReport {
  token: string;
  layer: string;
  kind: UploadKind;
  read: number;
  kept: number;
  skipped?: number;
  crs?: { name: string; detected: boolean } | null;
  encoding?: string | null;
  columns: { header: string; meaning: string | null }[];
  functions?: { id: string; count: number }[];
  persons?: { group: string; persons: number }[];
  /** what of the study it would take the place of */
  replaces?: string | null;
  /** the name it would get beside the study */
  writes?: string | null;
  issues: { kind: string; en?: string; zh?: string; count: number; example: string; reason: string; reason_zh?: string }[];
  details?: { kind: string; feature: string; reason: string; reason_zh?: string }[];
  preview?: FeatureCollection<Point, { name?: string }>;
}
