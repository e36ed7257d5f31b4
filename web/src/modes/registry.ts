// The modes there are, in the order of the bar.
import { compareMode } from './compare';
import { coverageMode } from './coverage';
import { exploreMode } from './explore';
import { gapsMode } from './gaps';
import type { Mode } from './mode';
import { reachMode } from './reach';
import { whatIfMode } from './whatif';
import { mode, type ModeId } from '../state/mode';

export const REGISTRY: readonly Mode[] = [exploreMode, reachMode, coverageMode, gapsMode, whatIfMode, compareMode];

export function modeOf(id: ModeId): Mode {
  return REGISTRY.find((known) => known.id === id) ?? coverageMode;
}

/** The mode on screen. */
export const currentMode = (): Mode => modeOf(mode.value);
