// What the reader does with the map: clicks, hovering, and what the mode on screen adds.
import { effect, untracked } from '@preact/signals';
import type { Map as MapLibre, MapMouseEvent } from 'maplibre-gl';
import type { MapHit } from '../modes/mode';
import { dragged } from '../modes/whatif/drag';
import { tool } from '../modes/whatif/tools';
import * as app from '../state/app';
import { mode } from '../state/mode';
import type { MapHooks } from './controller';

const TOUCHED = ['gap-rank', 'plan-site', 'plan-candidate', 'facility', 'gap-area', 'zone-area'];
const FINGER_PX = 6;

/** What lies at a point of the screen. */
export function hitAt(map: MapLibre, point: { x: number; y: number }, place: [number, number], event: MapMouseEvent | null): MapHit {
  const { x, y } = point;
  const near: [[number, number], [number, number]] = [[x - FINGER_PX, y - FINGER_PX], [x + FINGER_PX, y + FINGER_PX]];
  const first = (id: string, where: typeof near | [number, number]) => map.queryRenderedFeatures(where, { layers: [id] })[0]?.properties;
  const badge = first('gap-rank', [x, y]);
  const gap = badge ?? first('gap-area', [x, y]);
  return {
    place,
    facility: (first('facility', near)?.['uid'] as string | undefined) ?? null,
    zone: (first('zone-area', [x, y])?.['id'] as string | undefined) ?? null,
    gap: (gap?.['rank'] as number | undefined) ?? null,
    badge: badge !== undefined,
    event,
  };
}

/** Listens to the pointer; returns how to stop what follows the mode. */
export function interact(map: MapLibre, hooks: MapHooks): (() => void)[] {
  map.on('click', (event) => hooks.onClick(hitAt(map, event.point, [event.lngLat.lng, event.lngLat.lat], event)));
  map.on('mousemove', (event) => {
    if (dragged.peek() !== null) return hooks.onHover(null);
    const found = map.queryRenderedFeatures(event.point, { layers: TOUCHED });
    const of = (...ids: string[]) => found.find(({ layer }) => ids.includes(layer.id))?.properties;
    app.hoveredGap.value = (of('gap-rank', 'gap-area')?.['rank'] as number | undefined) ?? null;
    app.hoveredZone.value = mode.peek() === 'coverage' ? ((of('zone-area')?.['id'] as string | undefined) ?? null) : null;
    const name = String(of('facility', 'plan-site', 'plan-candidate')?.['name'] ?? '');
    hooks.onHover(name === '' ? null : { x: event.point.x, y: event.point.y, text: name });
    const takes = mode.peek() === 'whatif' && tool.peek() === null && of('facility') !== undefined;
    map.getCanvas().style.cursor = takes ? 'grab' : of('gap-rank', 'plan-site', 'plan-candidate') !== undefined ? 'pointer' : 'crosshair';
  });
  map.on('mouseout', () => {
    app.hoveredGap.value = null;
    app.hoveredZone.value = null;
    hooks.onHover(null);
  });
  let undo: () => void = () => undefined;
  const stop = effect(() => {
    if (mode.value === null) return;
    undo();
    undo = untracked(() => hooks.attach(map));
  });
  return [stop, () => undo()];
}
