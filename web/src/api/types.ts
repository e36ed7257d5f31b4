// The answers of the server, as /api/v1 gives them. The unit of a number is the last word of its name.
import type { Feature, FeatureCollection, LineString, MultiLineString, MultiPolygon, Point, Polygon } from 'geojson';

export type LonLat = [number, number];

/** A thing with an id and a name in both languages. */
export interface Named {
  id: string;
  en: string;
  zh: string;
}

export interface WalkProfile extends Named {
  walk_speed_m_s: number;
}

export interface ServiceFunction extends Named {
  facilities: number;
}

export interface DemandGroup extends Named {
  estimated: boolean;
}

export type DemandUnit = 'persons' | 'persons_estimated' | 'street_meters';

export interface StandardRule extends Named {
  functions: string[];
  tier: string | null;
  cutoff_min: number | null;
  cutoff_m: number | null;
  profile: string;
  group: string;
  pass_share: number | null;
  verified: boolean;
  source: string;
  source_zh: string;
  /** title, walker, group, cutoff and places */
  name_en: string;
  name_zh: string;
}

export interface Standard extends Named {
  source: string;
  source_zh: string;
  note: string;
  note_zh: string;
  rules: StandardRule[];
  /** which rules a complete home needs */
  composite: { en: string; zh: string; anchor: string[]; required: string[] } | null;
}

export interface LibraryStudy {
  id: string;
  name: string;
  state: 'open' | 'opening' | 'closed' | 'failed';
  detail?: string | null;
}

/** What the server serves. */
export interface Library {
  studies: LibraryStudy[];
  read_only: boolean;
  version: string;
  languages: string[];
}

/** Work that takes more than a moment. */
export interface Job {
  id: string;
  kind: string;
  study: string | null;
  state: 'queued' | 'running' | 'done' | 'cancelled' | 'failed';
  step?: string | null;
  done?: number | null;
  total?: number | null;
  elapsed_s?: number;
  problem?: string | { title?: string; detail?: string } | null;
  /** what is to be known of the result besides */
  notes?: string[];
}

export interface SearchHit {
  kind: 'zone' | 'facility' | 'street' | 'place';
  name: string;
  detail?: string | null;
  place: LonLat;
  bounds?: [number, number, number, number] | null;
}

export interface Study {
  id: string;
  name: string;
  language: 'en' | 'zh';
  version: string;
  study_hash: string;
  attribution: string[];
  /** west, south, east, north in degrees */
  bounds: [number, number, number, number];
  profiles: WalkProfile[];
  functions: ServiceFunction[];
  groups: DemandGroup[];
  demand: { unit: DemandUnit; points: number; persons_total: number };
  zone_levels: string[];
  standards: Standard[];
  default: { function: string; profile: string; group: string; cutoff_min: number };
  issues: { total: number; counts: Record<string, number> };
}

export interface HistogramBin {
  from_min: number;
  /** null: beyond, or never reached */
  to_min: number | null;
  persons: number;
}

export interface ZoneCoverage {
  id: string;
  name: string;
  level: string;
  parent: string | null;
  persons: number;
  covered_persons: number;
  /** nothing is known of their walks */
  no_street_persons: number;
  share: number | null;
  mean_min: number | null;
}

export interface SpeedCoverage {
  walk_speed_m_s: number;
  covered_persons: number;
  share: number | null;
}

export interface Coverage {
  function: string;
  profile: string;
  group: string;
  cutoff_min: number;
  facilities: number;
  off_network_facilities: number;
  /** whether any place is recorded that says whether the function is there */
  recorded: boolean;
  persons: number;
  covered_persons: number;
  no_street_persons: number;
  /** of those with street data */
  share: number | null;
  speeds: SpeedCoverage[];
  buffer: { radius_m: number; covered_persons: number; share: number | null };
  histogram: HistogramBin[];
  zones: ZoneCoverage[];
}

export interface GapProperties {
  id: string;
  rank: number;
  kind: string;
  name: string;
  community: string;
  persons: number;
  points: number;
  nearest_min: number | null;
  mean_min: number | null;
  zone: string | null;
  lon: number;
  lat: number;
}
export type Gaps = FeatureCollection<Polygon | MultiPolygon, GapProperties>;

export interface ZoneProperties {
  id: string;
  name: string;
  level: string;
  parent: string | null;
}
export type Zones = FeatureCollection<Polygon | MultiPolygon, ZoneProperties>;

export interface FacilityProperties {
  id: number;
  key: string;
  name: string;
  layer: string;
  functions: string[];
  capacity: number | null;
  entrances: number;
}
export type Facilities = FeatureCollection<Point, FacilityProperties>;

export interface NearFacility {
  facility: number;
  key: string;
  name: string;
  place: LonLat;
  min: number | null;
  m: number | null;
}

export interface WhyFunction {
  function: string;
  nearest: NearFacility[];
  within: boolean;
}

export interface WhyRule {
  standard: string;
  rule: string;
  en: string;
  zh: string;
  cutoff_min: number | null;
  cutoff_m: number | null;
  found_min: number | null;
  found_m: number | null;
  passes: boolean;
}

/** A straight way from a door to a street; forced where it leads over an obstacle because nothing else is near. */
export interface Tie {
  place: LonLat;
  door: LonLat;
  access_m: number;
  access_min: number | null;
  forced: boolean;
}

export interface Why {
  place: LonLat;
  snapped: Tie | null;
  ties: Tie[];
  reason: string | null;
  zone: string | null;
  functions: WhyFunction[];
  rules: WhyRule[];
}

export interface RouteStreet {
  name: string | null;
  m: number;
  min: number;
}

export interface RouteProperties {
  facility: number;
  name: string;
  min: number;
  m: number;
  access_m: number;
  streets: RouteStreet[];
}
export type Route = Feature<LineString, RouteProperties>;

export interface ReachProperties {
  cutoff_min: number;
  persons: Record<string, number>;
  street_km: number;
  /** The straight-line circle of the same minutes, for comparison only. */
  buffer_m: number;
  buffer_persons: Record<string, number>;
}
export type Reach = FeatureCollection<Polygon | MultiPolygon, ReachProperties>;

/** The street parts within reach, all of a cutoff as one. */
export type ReachStreets = FeatureCollection<MultiLineString, ReachProperties>;

/** What one more site would gain, at its best places. */
export interface Gain {
  best: { rank: number; place: LonLat; gained_persons: number }[];
  max_gained_persons: number;
  left_out_persons: number;
}

export interface ComparedState {
  /** null: the study as it stands */
  name: string | null;
  covered_persons: number;
  share: number | null;
}

/** What becomes of a part of the people from one state to the other. */
export interface ComparedPart {
  id: string;
  before_share: number | null;
  after_share: number | null;
  gained_persons: number;
  lost_persons: number;
}

export interface ComparedRule {
  standard: string;
  rule: string;
  before_share: number | null;
  after_share: number | null;
  before_pass: boolean | null;
  after_pass: boolean | null;
}

export interface Comparison {
  a: ComparedState;
  b: ComparedState;
  gained_persons: number;
  lost_persons: number;
  zones: (ComparedPart & { name: string; level: string })[];
  groups: ComparedPart[];
  rules: ComparedRule[];
}

/** The demand points that change sides. */
export type Difference = FeatureCollection<Point, { change: 'gained' | 'lost'; before_min: number | null; after_min: number | null; persons: number }>;

/** How many people lack how many of the functions asked for; lists count from those who lack none. */
export interface Composite {
  persons: number;
  no_street_persons: number;
  missing_persons: number[];
  complete_persons: number;
  share: number | null;
  /** of those who have them all within the cutoff, to the farthest */
  mean_farthest_min: number | null;
  functions: { id: string; recorded: boolean; missing_persons: number }[];
  zones: { id: string; name: string; level: string; persons: number; no_street_persons: number; complete_persons: number; share: number | null; missing_persons: number[] }[];
}
