// The steps of the tour through the questions that are there.
import { batch } from '@preact/signals';
import { REGISTRY } from '../modes/registry';
import { closeInspection, turnTo } from '../state/app';
import { helpOpen, rememberTour, seen, tourStep } from '../state/help';
import type { ModeId } from '../state/mode';

export interface TourStep {
  /** What the step shows, by its test id. */
  at: string;
  mode: ModeId;
  words: 'question' | 'map' | 'gaps' | 'whatif' | 'place' | 'audit';
}

const ALL: readonly TourStep[] = [
  { at: 'panel', mode: 'coverage', words: 'question' },
  { at: 'map', mode: 'coverage', words: 'map' },
  { at: 'mode-gaps', mode: 'gaps', words: 'gaps' },
  { at: 'mode-whatif', mode: 'whatif', words: 'whatif' },
  { at: 'mode-place', mode: 'place', words: 'place' },
  { at: 'mode-audit', mode: 'audit', words: 'audit' },
];

export const tour = (): readonly TourStep[] => ALL.filter((step) => REGISTRY.some(({ id }) => id === step.mode));

/** Begins the tour on a first visit that asked for nothing in particular. */
export function offerTour(hash: string): void {
  if (hash.replace('#', '') === '' && !seen()) showStep(0);
}

export const startTour = (): void => showStep(0);

export function showStep(n: number): void {
  const step = tour()[n];
  if (step === undefined) return endTour();
  batch(() => {
    helpOpen.value = false;
    closeInspection();
    turnTo(step.mode);
    tourStep.value = n;
  });
}

export function endTour(): void {
  tourStep.value = null;
  rememberTour();
}
