// What a mode is: one question of the planner, its panel, and what the map does meanwhile.
import type { ComponentType } from 'preact';
import type { Map as MapLibre, MapMouseEvent } from 'maplibre-gl';
import type { LonLat, Study } from '../api/types';
import type { ModeId } from '../state/mode';
import type { IconName } from '../ui/Icon';

/** What lies under the pointer, as far as a mode may care. */
export interface MapHit {
  place: LonLat;
  /** layer and key of the facility there */
  facility: string | null;
  zone: string | null;
  gap: number | null;
  /** rank badge of the gap itself, not only its area */
  badge: boolean;
  event: MapMouseEvent | null;
}

export interface Mode {
  id: ModeId;
  icon: IconName;
  Panel: ComponentType<{ study: Study }>;
  /** What the server must answer below a study for this mode to be of use. */
  needs?: string;
  /** How the question is shown above the panel; `plain`: only the panel. */
  question: 'open' | 'folded' | 'plain';
  /** What a click on the map does; absent: it explains the place. */
  click?: (hit: MapHit) => void;
  /** Extra handling of the map while the mode is on; returns how to undo it. */
  attach?: (map: MapLibre) => () => void;
}
