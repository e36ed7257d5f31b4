import { effect } from '@preact/signals';
import { chosenFacility, chosenGap, inspect, pin, query, whenOpened, whyLoader } from '../../state/app';
import { mode } from '../../state/mode';
import type { LonLat } from '../../api/types';
import type { MapHit, Mode } from '../mode';
import { later } from '../../ui/later';

/** A badge chooses its gap; anywhere else the place is explained. */
function click({ gap, badge, place }: MapHit): void {
  chosenGap.value = gap;
  if (!badge) inspect(place);
}

/** The walk to the nearest is drawn without being asked for, once for each place explained. */
whenOpened(() => {
  let drawn: LonLat | null = null;
  effect(() => {
    const [state, place, asked] = [whyLoader.state.value, pin.value, query.value];
    if (mode.value !== 'gaps' || state.kind !== 'ready' || place === null || place === drawn) return;
    drawn = place;
    const nearest = state.data.functions.find((row) => row.function === asked?.function)?.nearest[0];
    if (nearest !== undefined) chosenFacility.value = nearest.facility;
  });
});

export const gapsMode: Mode = { id: 'gaps', icon: 'gaps', Panel: later(() => import('./GapsPanel').then((part) => part.GapsPanel)), question: 'folded', click };
