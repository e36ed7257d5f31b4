// Scenarios as /api/v1 gives and takes them: an ordered list of edits over the study as it stands.
import type { FeatureCollection, LineString, Point } from 'geojson';
import type { LonLat } from './types';

export interface Offer {
  function: string;
  capacity?: number;
}

/** One change, as in scenario files. Facilities are named by their key. */
export type Edit =
  | { edit: 'open_facility'; key: string; name?: string; place: LonLat; offers: Offer[] }
  | { edit: 'close_facility'; facility: string; layer?: string }
  | { edit: 'move_facility'; facility: string; layer?: string; place: LonLat }
  | { edit: 'upgrade_facility'; facility: string; layer?: string; offers?: Offer[]; tier?: string; status?: string }
  | { edit: 'open_gate'; sides: [LonLat, LonLat] }
  | { edit: 'open_barrier'; place: LonLat }
  | { edit: 'close_street'; place: LonLat; to?: LonLat }
  | { edit: 'add_street'; line: LonLat[]; class?: string }
  | { edit: 'change_rule'; standard: string; rule: string; cutoff_min?: number; cutoff_m?: number; profile?: string };

export interface ScenarioHead {
  id: string;
  name: string;
  notes: string;
  /** how many */
  edits: number;
  revision: number;
  created: string;
  changed: string;
}

export interface Scenario extends Omit<ScenarioHead, 'edits'> {
  edits: Edit[];
  can_undo: boolean;
  can_redo: boolean;
}

/** Another state of a scenario, whoever made it. */
export interface ScenarioChange {
  id: string;
  revision: number;
  deleted: boolean;
}

export interface ZoneEffect {
  id: string;
  covered_persons: number;
  share: number | null;
}

/** What an edit does, or would do, to the question asked: gained and lost by this edit alone, zones where they change. */
export interface Effect {
  revision: number;
  can_undo: boolean;
  can_redo: boolean;
  edit_count: number;
  gained_persons: number;
  lost_persons: number;
  selection: { persons: number; covered_persons: number; share: number | null; zones: ZoneEffect[] };
  rules: RuleEffect[];
  /** Street parts whose time differs from what the tiles show; no `min` beyond the cutoff and where nobody may walk. */
  streets: FeatureCollection<LineString, { min: number | null }>;
  /** Homes whose time differs, likewise. */
  homes: FeatureCollection<Point, { min: number | null; persons: number }>;
  /** Of a preview: why the edit could not be made at this place; the rest then tells the scenario as it is. */
  obstacle: Obstacle | null;
}

/** Nothing that anybody may walk within so many metres, as on water. */
export interface Obstacle {
  kind: 'no_street';
  limit_m: number;
  detail: string;
}

export interface RuleEffect {
  standard: string;
  rule: string;
  before_share: number | null;
  share: number | null;
  before_covered_persons: number;
  covered_persons: number;
  pass: boolean | null;
}

export interface HistoryEntry {
  revision: number;
  at: string;
  what: string;
  edit?: Edit | null;
  summary: string;
}
