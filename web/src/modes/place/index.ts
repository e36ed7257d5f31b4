import { mapNow } from '../../map/now';
import { inspect } from '../../state/app';
import { chosenPlan } from '../../state/place';
import type { MapHit, Mode } from '../mode';
import { later } from '../../ui/later';

const FINGER_PX = 6;

/** A site or a candidate is chosen; anywhere else the place is explained. */
function click(hit: MapHit): void {
  const point = hit.event?.point;
  const map = mapNow.peek();
  if (point !== undefined && map !== null) {
    const near: [[number, number], [number, number]] = [[point.x - FINGER_PX, point.y - FINGER_PX], [point.x + FINGER_PX, point.y + FINGER_PX]];
    const found = map.queryRenderedFeatures(near, { layers: ['plan-site', 'plan-candidate'] })[0];
    const id = found?.properties['id'] as string | undefined;
    chosenPlan.value = id ?? null;
    if (id !== undefined) return;
  }
  inspect(hit.place);
}

export const placeMode: Mode = { id: 'place', icon: 'place', needs: 'place', Panel: later(() => import('./PlaceMode').then((part) => part.PlaceMode)), question: 'folded', click };
