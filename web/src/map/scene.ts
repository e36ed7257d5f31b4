// What the map draws, as data: the layers follow from it and nothing else.
import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl';
import type { Palette, Theme } from '../palette';
import { bands } from '../palette';
import type { ModeId } from '../state/mode';
import type { LayerId } from '../state/url';

export interface Scene {
  palette: Palette;
  theme: Theme;
  /** Homes show how many functions they lack, in place of the coverage. */
  composite: boolean;
  /** how many functions the composite asks for */
  need: number;
  cutoffMin: number;
  /** The question on screen; it decides which layers belong to it. */
  mode: ModeId;
  hidden: readonly LayerId[];
  /** The reach from the pin is shown: it takes the place of the coverage. */
  reach: boolean;
  /** What one more site would gain is shown: it takes the place of the coverage. */
  gain: boolean;
  /** The most that one more site would gain, in persons. */
  gainMax: number;
  /** layer and key of the site chosen */
  site: string | null;
  /** id of the candidate chosen */
  candidate: string | null;
  zone: string | null;
  gap: number | null;
}

export type Layers = (scene: Scene) => LayerSpecification[];

/** The reader's own fonts, as a CSS family list; MapLibre reads the weight out of the first name. */
export const FONT = ['Segoe UI', 'Helvetica Neue', 'Roboto', 'Noto Sans', 'Liberation Sans', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC'];
export const FONT_BOLD = ['Map Bold', ...FONT];

export const visible = (shown: boolean): { visibility: 'visible' | 'none' } => ({ visibility: shown ? 'visible' : 'none' });
export const shows = (scene: Scene, id: LayerId): boolean => !scene.hidden.includes(id);
/** A coverage layer steps back while the reach or the gain is shown. */
export const showsCoverage = (scene: Scene, id: LayerId): boolean => shows(scene, id) && !scene.reach && !scene.gain && !scene.composite;
/** Gaps belong to their own question only. */
export const showsGaps = (scene: Scene): boolean => shows(scene, 'gaps') && scene.mode === 'gaps';

/** Color by the property `min`; every band includes its upper end, a missing time is uncovered. */
export function colorByTime(scene: Scene, uncovered: string): ExpressionSpecification {
  const steps = bands(scene.cutoffMin, scene.palette).flatMap(({ toMin, color }) => [['<=', ['get', 'min'], toMin], color]);
  return ['case', ['!', ['has', 'min']], uncovered, ...steps, uncovered] as unknown as ExpressionSpecification;
}

/** True where the property `min` is there and within the cutoff. */
export function isCovered(scene: Scene): ExpressionSpecification {
  return ['all', ['has', 'min'], ['<=', ['get', 'min'], scene.cutoffMin]] as unknown as ExpressionSpecification;
}
