// Shortcuts of the whole page. None is a single letter, so they never meddle with typing or with screen readers.
import { REGISTRY } from '../modes/registry';
import { turnTo } from '../state/app';
import { step } from './TopBar';

const writing = (target: EventTarget | null) => target instanceof HTMLElement && target.matches('textarea, input:not([type="range"]):not([type="checkbox"]):not([type="radio"])');

/** Ctrl+Z, Ctrl+Shift+Z or Ctrl+Y, and Alt with the digit of a mode. */
export function listenToKeys(): void {
  window.addEventListener('keydown', (event) => {
    const key = event.key.toLowerCase();
    if ((event.ctrlKey || event.metaKey) && !event.altKey && (key === 'z' || key === 'y') && !writing(event.target)) {
      event.preventDefault();
      step(key === 'y' || event.shiftKey ? 'redo' : 'undo');
    }
    const digit = /^Digit([1-9])$/.exec(event.code)?.[1];
    if (event.altKey && !event.ctrlKey && digit !== undefined) {
      const wanted = REGISTRY[Number(digit) - 1];
      if (wanted === undefined) return;
      event.preventDefault();
      turnTo(wanted.id);
    }
  });
}
