// What an edit changes, drawn on a sheet over the map until the tiles have caught up. The map itself is not drawn again
// for it: that would cost every street on screen, for each step of a drag.
import { effect } from '@preact/signals';
import type { Map as MapLibre } from 'maplibre-gl';
import { PALETTES } from '../palette';
import * as app from '../state/app';
import { compositeShown } from '../state/composite';
import { gainShown } from '../state/gain';
import { mode } from '../state/mode';
import { overlay } from '../state/scenario';
import { theme } from '../state/settings';
import { drawHomes, drawStreets, type Look } from './change-shapes';
import { HOMES_FROM_ZOOM } from './layers/demand';

/** Kept free around the dots of facilities, in pixels. */
const FACILITY_PX = 9;

type Change = NonNullable<typeof overlay.value>;
type Pair = [number, number];

/** Follows what is to be laid over the map; returns how to stop. */
export function changeSheet(map: MapLibre): () => void {
  const sheet = document.createElement('canvas');
  sheet.className = 'change-sheet';
  sheet.setAttribute('aria-hidden', 'true');
  map.getCanvas().after(sheet);
  const pen = sheet.getContext('2d');
  let asked = 0;
  const draw = () => {
    asked = 0;
    const now = shown();
    sheet.hidden = now === null;
    if (now === null || pen === null) return;
    fit(sheet, map);
    paint(pen, map, now);
  };
  const soon = () => (asked ||= requestAnimationFrame(draw));
  const moved = map.on('move', () => !sheet.hidden && soon());
  const stop = effect(() => {
    if (shown() === null && sheet.hidden) return;
    soon();
  });
  return () => {
    stop();
    moved.unsubscribe();
    cancelAnimationFrame(asked);
    sheet.remove();
  };
}

/** Only where the map shows walking times. */
function shown(): Change | null {
  const hidesTimes = (mode.value === 'whatif' && gainShown.value) || compositeShown.value || app.reachShown.value;
  return hidesTimes ? null : overlay.value;
}

function fit(sheet: HTMLCanvasElement, map: MapLibre): void {
  const { clientWidth, clientHeight } = map.getCanvas();
  const ratio = window.devicePixelRatio;
  const [width, height] = [Math.round(clientWidth * ratio), Math.round(clientHeight * ratio)];
  if (sheet.width !== width) sheet.width = width;
  if (sheet.height !== height) sheet.height = height;
}

function paint(pen: CanvasRenderingContext2D, map: MapLibre, { streets, homes }: Change): void {
  const look: Look = { palette: PALETTES[theme.value], cutoffMin: app.query.peek()?.cutoff_min ?? 15, zoom: map.getZoom() };
  const on = (place: readonly number[]): Pair => {
    const { x, y } = map.project([place[0] ?? 0, place[1] ?? 0]);
    return [x, y];
  };
  const hides = app.hidden.peek();
  pen.setTransform(window.devicePixelRatio, 0, 0, window.devicePixelRatio, 0, 0);
  pen.clearRect(0, 0, pen.canvas.width, pen.canvas.height);
  pen.lineCap = 'round';
  pen.lineJoin = 'round';
  if (!hides.includes('streets')) drawStreets(pen, streets.features.map((one) => ({ min: one.properties.min, points: one.geometry.coordinates.map(on) })), look);
  if (!hides.includes('demand') && look.zoom >= HOMES_FROM_ZOOM) drawHomes(pen, homes.features.map((one) => ({ ...one.properties, at: on(one.geometry.coordinates) })), look);
  if (hides.includes('facilities')) return;
  // The dots of facilities stay in sight.
  pen.globalCompositeOperation = 'destination-out';
  for (const { geometry } of app.sites.peek()?.features ?? []) {
    pen.beginPath();
    pen.arc(...on(geometry.coordinates), FACILITY_PX, 0, 2 * Math.PI);
    pen.fill();
  }
  pen.globalCompositeOperation = 'source-over';
}
