// Dragging a site: the map says where the pointer is, the server says what that would mean, the drop makes the edit.
import { batch, computed, effect, signal } from '@preact/signals';
import type { Map as MapLibre, MapMouseEvent, MapTouchEvent } from 'maplibre-gl';
import { api, type CoverageQuery } from '../../api/client';
import type { Edit, Effect, Obstacle } from '../../api/scenario-types';
import type { LonLat } from '../../api/types';
import { mapNow } from '../../map/now';
import { query, sites } from '../../state/app';
import { Newest } from '../../state/newest';
import { problemOf } from '../../state/resource';
import { editProblem, effectNow, epoch, overlay, scenarioId, site } from '../../state/scenario';
import type { SiteFeature } from '../../state/sites';
import { readOnly, study } from '../../state/study';
import { chooseOpened, chosenSite, make, named, newSite, takeUp, tool } from './tools';

export interface Dragged {
  /** null: a new site */
  feature: SiteFeature | null;
  place: LonLat;
}
export const dragged = signal<Dragged | null>(null);

/** Why the site could not stand where it is held now. */
export const obstacle = computed(() => (dragged.value === null || effectNow.value?.kind !== 'preview' ? null : effectNow.value.effect.obstacle));

/** Why the site dragged last was not put down. */
export const sentBack = signal<Obstacle | null>(null);

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
  batch(() => {
    dragged.value = next;
    sentBack.value = null;
  });
  const asked = query.peek();
  if (asked !== null) preview.put({ edit: editOf(next), query: asked, since });
}

/** Has the server make ready what the first step of a drag would wait for: a scenario's fields, and those of the question asked. */
function keepWarm(): () => void {
  let asking = new AbortController();
  return effect(() => {
    const [asked, here, now] = [query.value, site.value, epoch.value];
    const first = sites.value?.features.find(({ properties }) => properties.change !== 'closed');
    asking.abort();
    asking = new AbortController();
    if (now < 0 || asked === null || here === null || first === undefined || readOnly.value) return;
    const still: Edit = { edit: 'move_facility', ...named(first), place: first.geometry.coordinates as LonLat };
    api.preview(here.study, here.scenario, still, asked, asking.signal).catch(() => undefined);
  });
}

async function drop(): Promise<void> {
  const last = dragged.peek();
  const asked = query.peek();
  if (last === null || asked === null) return;
  preview.stop();
  const edit = editOf(last);
  // What lies under the pointer now is asked once more: a site let go over water goes back, without an error.
  const answer = await foresee({ edit, query: asked, since: 0 }, new AbortController().signal).catch(() => null);
  if (answer !== null && answer.obstacle !== null) {
    cancelDrag();
    sentBack.value = answer.obstacle;
    return;
  }
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

/** The site near a point of the map that can be taken hold of. */
function siteAt(map: MapLibre, { x, y }: { x: number; y: number }): SiteFeature | null {
  const uid = map.queryRenderedFeatures([[x - 6, y - 6], [x + 6, y + 6]], { layers: ['facility'] })[0]?.properties['uid'] as string | undefined;
  const found = sites.peek()?.features.find((one) => one.properties.uid === uid);
  return found === undefined || found.properties.change === 'closed' ? null : found;
}

const mayTake = () => !readOnly.peek() && tool.peek() === null && dragged.peek() === null;

/** Sites on the map can be taken hold of, by mouse and by finger. */
export function attachDrag(map: MapLibre): () => void {
  let held: { feature: SiteFeature; x: number; y: number } | null = null;
  let taken = false;
  const box = map.getCanvasContainer();
  // Kept from the map itself, which would draw every street again for it before the first step.
  const press = (event: MouseEvent) => {
    taken = false;
    if (event.button !== 0 || event.ctrlKey || !mayTake()) return;
    const { left, top } = box.getBoundingClientRect();
    const point = { x: event.clientX - left, y: event.clientY - top };
    const feature = siteAt(map, point);
    if (feature === null) return;
    event.stopPropagation();
    taken = true;
    held = { feature, ...point };
  };
  // The map did not see where the mouse went down, so it cannot tell a click from a drag.
  const click = (event: MouseEvent) => {
    if (taken) event.stopPropagation();
  };
  const touch = (event: MapTouchEvent) => {
    const feature = mayTake() && event.points.length === 1 ? siteAt(map, event.point) : null;
    if (feature === null) return;
    event.preventDefault();
    held = { feature, ...event.point };
  };
  const move = (event: MapMouseEvent | MapTouchEvent) => {
    if (held === null) return;
    const { x, y } = event.point;
    if (dragged.peek() === null && Math.hypot(x - held.x, y - held.y) < DRAG_PX) return;
    moveTo({ feature: held.feature, place: [event.lngLat.lng, event.lngLat.lat] }, event.originalEvent.timeStamp);
  };
  const end = () => {
    if (held !== null && dragged.peek() !== null) void drop();
    else if (held !== null && taken) chosenSite.value = held.feature.properties.uid;
    held = null;
  };
  const keys = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return;
    held = null;
    cancelDrag();
    if (tool.peek() !== null) takeUp(null);
  };
  const heard = [map.on('touchstart', touch), map.on('mousemove', move), map.on('touchmove', move)];
  const stops = new AbortController();
  const { signal: until } = stops;
  box.addEventListener('mousedown', press, { capture: true, signal: until });
  box.addEventListener('click', click, { capture: true, signal: until });
  window.addEventListener('mouseup', end, { signal: until });
  window.addEventListener('touchend', end, { signal: until });
  window.addEventListener('keydown', keys, { signal: until });
  const cool = keepWarm();
  return () => {
    heard.forEach((one) => one.unsubscribe());
    stops.abort();
    cool();
    cancelDrag();
    sentBack.value = null;
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
