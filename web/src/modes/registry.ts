// The modes there are, in the order of the bar.
import { served } from '../api/served';
import { auditMode } from './audit';
import { compareMode } from './compare';
import { coverageMode } from './coverage';
import { exploreMode } from './explore';
import { gapsMode } from './gaps';
import type { Mode } from './mode';
import { placeMode } from './place';
import { reachMode } from './reach';
import { whatIfMode } from './whatif';
import { mode, type ModeId } from '../state/mode';

const ALL: readonly Mode[] = [exploreMode, reachMode, coverageMode, gapsMode, whatIfMode, placeMode, compareMode, auditMode];

export const REGISTRY: readonly Mode[] = ALL.filter(({ needs }) => needs === undefined || served(needs));

export function modeOf(id: ModeId): Mode {
  return REGISTRY.find((known) => known.id === id) ?? coverageMode;
}

/** The mode on screen. */
export const currentMode = (): Mode => modeOf(mode.value);
