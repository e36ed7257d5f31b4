import { chosenGap, inspect } from '../../state/app';
import type { MapHit, Mode } from '../mode';
import { GapsPanel } from './GapsPanel';

/** A badge chooses its gap; anywhere else the place is explained. */
function click({ gap, badge, place }: MapHit): void {
  chosenGap.value = gap;
  if (!badge) inspect(place);
}

export const gapsMode: Mode = { id: 'gaps', icon: 'gaps', Panel: GapsPanel, question: 'folded', click };
