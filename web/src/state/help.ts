// The help panel and the tour: whether they are open, and whether the tour was seen.
import { signal } from '@preact/signals';

const SEEN_KEY = 'walkshed.tour';

export const helpOpen = signal(false);
/** Number of the step on screen; null: no tour. */
export const tourStep = signal<number | null>(null);

/** Whether the tour was shown on this machine before. */
export function seen(): boolean {
  try {
    return window.localStorage.getItem(SEEN_KEY) !== null;
  } catch {
    return true; // where nothing can be remembered, it would come back at every visit
  }
}

/** From now on the tour does not begin by itself. */
export function rememberTour(): void {
  try {
    window.localStorage.setItem(SEEN_KEY, 'seen');
  } catch {
    // it was only started by hand
  }
}

export const openHelp = (): void => {
  helpOpen.value = true;
};
