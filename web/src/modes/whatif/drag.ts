// Dragging a site: the map says where the pointer is, the server says what that would mean, the drop makes the edit.
import { batch, signal } from '@preact/signals';
import type { Map as MapLibre, MapMouseEvent, MapTouchEvent } from 'maplibre-gl';
import { api, type CoverageQuery } from '../../api/client';
import type { Edit, Effect } from '../../api/scenario-types';
import type { LonLat } from '../../api/types';
import { mapNow } from '../../map/now';
import { query, sites } from '../../state/app';
import { Newest } from '../../state/newest';
import { problemOf } from '../../state/resource';
import { editProblem, effectNow, overlay, scenarioId } from '../../state/scenario';
import type { SiteFeature } from '../../state/sites';
import { readOnly, study } from '../../state/study';
import { chooseOpened, chosenSite, make, named, newSite, takeUp, tool } from './tools';

export interface Dragged {
  /** null: a new site */
  feature: SiteFeature | null;
  place: LonLat;
}
export const dragged = signal<Dragged | null>(null);

/** Pixels the pointer must travel before it counts as a drag. */
const DRAG_PX = 4;

interface Question {
  edit: Edit;
  query: CoverageQuery;
  /** when the pointer was there, in milliseconds of the page */
  since: number;
}

/** Asks what the edit would do; nothing begins by asking. */
function foresee({ edit, query: asked }: Question, abort: AbortSignal): Promise<Effect> {
  return api.preview(study.peek()?.id ?? '', scenarioId.peek(), edit, asked, abort);
}

const preview = new Newest<Question, Effect>(
  foresee,
  (answer, { since }) => {
    batch(() => {
      editProblem.value = null;
      effectNow.value = { kind: 'preview', effect: answer };
      if (dragged.peek() !== null) overlay.value = answer;
    });
    requestAnimationFrame(() => performance.measure('drag-to-totals', { start: since, end: performance.now() }));
  },
  (error) => (editProblem.value = problemOf(error)),
);

function editOf({ feature, place }: Dragged): Edit {
  return feature === null ? newSite(place) : { edit: 'move_facility', ...named(feature), place };
}

function moveTo(next: Dragged, since: number): void {
  dragged.value = next;
  const asked = query.peek();
  if (asked !== null) preview.put({ edit: editOf(next), query: asked, since });
}

/** Has the server make ready what the first step of a drag would wait for. */
function warm(feature: SiteFeature): void {
  const asked = query.peek();
  const still: Edit = { edit: 'move_facility', ...named(feature), place: feature.geometry.coordinates as LonLat };
  if (asked !== null) foresee({ edit: still, query: asked, since: 0 }, new AbortController().signal).catch(() => undefined);
}

async function drop(): Promise<void> {
  const last = dragged.peek();
  if (last === null) return;
  preview.stop();
  const edit = editOf(last);
  const made = await make(edit);
  batch(() => {
    dragged.value = null;
    if (!made) overlay.value = null;
    else if (last.feature === null) chooseOpened(edit);
    else chosenSite.value = last.feature.properties.uid;
  });
}

export function cancelDrag(): void {
  preview.stop();
  batch(() => {
    dragged.value = null;
    if (effectNow.peek()?.kind === 'preview') effectNow.value = null;
    overlay.value = null;
  });
}

/** Sites on the map can be taken hold of, by mouse and by finger. */
export function attachDrag(map: MapLibre): () => void {
  let held: { feature: SiteFeature; x: number; y: number } | null = null;
  const siteAt = (event: MapMouseEvent | MapTouchEvent): SiteFeature | null => {
    const { x, y } = event.point;
    const uid = map.queryRenderedFeatures([[x - 6, y - 6], [x + 6, y + 6]], { layers: ['facility'] })[0]?.properties['uid'] as string | undefined;
    const found = sites.peek()?.features.find((one) => one.properties.uid === uid);
    return found === undefined || found.properties.change === 'closed' ? null : found;
  };
  const start = (event: MapMouseEvent | MapTouchEvent) => {
    if (readOnly.peek() || tool.peek() !== null || dragged.peek() !== null) return;
    if ('points' in event && event.points.length !== 1) return;
    const feature = siteAt(event);
    if (feature === null) return;
    event.preventDefault();
    held = { feature, ...event.point };
    warm(feature);
  };
  const move = (event: MapMouseEvent | MapTouchEvent) => {
    if (held === null) return;
    const { x, y } = event.point;
    if (dragged.peek() === null && Math.hypot(x - held.x, y - held.y) < DRAG_PX) return;
    moveTo({ feature: held.feature, place: [event.lngLat.lng, event.lngLat.lat] }, event.originalEvent.timeStamp);
  };
  const end = () => {
    if (held !== null && dragged.peek() !== null) void drop();
    held = null;
  };
  const keys = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return;
    held = null;
    cancelDrag();
    if (tool.peek() !== null) takeUp(null);
  };
  const heard = [map.on('mousedown', start), map.on('touchstart', start), map.on('mousemove', move), map.on('touchmove', move)];
  window.addEventListener('mouseup', end);
  window.addEventListener('touchend', end);
  window.addEventListener('keydown', keys);
  return () => {
    heard.forEach((one) => one.unsubscribe());
    window.removeEventListener('mouseup', end);
    window.removeEventListener('touchend', end);
    window.removeEventListener('keydown', keys);
    cancelDrag();
    takeUp(null);
  };
}

/** Where on the map a pointer outside MapLibre's own events is; null beside it. */
function placeUnder(event: PointerEvent): LonLat | null {
  const map = mapNow.peek();
  if (map === null || document.elementFromPoint(event.clientX, event.clientY)?.closest('.map') === null) return null;
  const box = map.getCanvas().getBoundingClientRect();
  const { lng, lat } = map.unproject([event.clientX - box.left, event.clientY - box.top]);
  return [lng, lat];
}

let pulling: { x: number; y: number } | null = null;

/** A new site pulled out of the palette onto the map; without a pull it is a plain click. */
export const palette = {
  onPointerDown: (event: PointerEvent) => {
    pulling = { x: event.clientX, y: event.clientY };
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
  },
  onPointerMove: (event: PointerEvent) => {
    if (pulling === null || Math.hypot(event.clientX - pulling.x, event.clientY - pulling.y) < DRAG_PX) return;
    const place = placeUnder(event);
    if (place !== null) moveTo({ feature: null, place }, event.timeStamp);
    else if (dragged.peek() !== null) cancelDrag();
  },
  onPointerUp: () => {
    pulling = null;
    if (dragged.peek() !== null) void drop();
  },
  onPointerCancel: () => {
    pulling = null;
    cancelDrag();
  },
};
