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
import { drawHomes, drawStreets, homeOpacity, type Dot, type Line, type Look } from './change-shapes';
import { HOMES_FROM_ZOOM } from './layers/demand';

/** Kept free around the dots of facilities, in pixels. */
const FACILITY_PX = 9;

/** Between two drawings at least, in milliseconds; where a frame costs more, so many times its cost. */
const APART_MS = 50;
const APART_COSTS = 5;
/** Room for the width of lines and dots at the edge of the sheet, in pixels. */
const EDGE_PX = 24;

type Change = NonNullable<typeof overlay.value>;
type Pair = [number, number];

/** What is drawn, in pixels of the map. */
interface Drawing {
  lines: Line[];
  dots: Dot[];
}

/** Follows what is to be laid over the map; returns how to stop. */
export function changeSheet(map: MapLibre): () => void {
  const sheet = document.createElement('canvas');
  sheet.className = 'change-sheet';
  sheet.setAttribute('aria-hidden', 'true');
  map.getCanvas().after(sheet);
  // Drawn by the processor: the graphics card, or what stands in for it, has the map to draw.
  const pen = sheet.getContext('2d', { willReadFrequently: true });
  let [asked, waiting, notBefore] = [0, 0, 0];
  const draw = () => {
    asked = 0;
    const now = shown();
    const drawn = now !== null && pen !== null && paint(pen, map, now);
    sheet.hidden = !drawn;
    const began = performance.now();
    // Two frames later it is known what one costs.
    requestAnimationFrame(() => requestAnimationFrame(() => (notBefore = began + Math.max(APART_MS, APART_COSTS * (performance.now() - began)))));
  };
  const soon = () => (asked ||= requestAnimationFrame(draw));
  const moved = map.on('move', () => !sheet.hidden && soon());
  const stop = effect(() => {
    const now = shown();
    if (now === null && sheet.hidden) return;
    clearTimeout(waiting);
    const wait = now === null ? 0 : notBefore - performance.now();
    if (wait <= 0) soon();
    else waiting = window.setTimeout(soon, wait);
  });
  return () => {
    stop();
    moved.unsubscribe();
    clearTimeout(waiting);
    cancelAnimationFrame(asked);
    sheet.remove();
  };
}

/** Only where the map shows walking times. */
function shown(): Change | null {
  const hidesTimes = (mode.value === 'whatif' && gainShown.value) || compositeShown.value || app.reachShown.value;
  return hidesTimes ? null : overlay.value;
}

function drawingOf(map: MapLibre, { streets, homes }: Change): Drawing {
  const hides = app.hidden.peek();
  const on = (place: readonly number[]): Pair => {
    const { x, y } = map.project([place[0] ?? 0, place[1] ?? 0]);
    return [x, y];
  };
  return {
    lines: hides.includes('streets') ? [] : streets.features.map((one) => ({ min: one.properties.min, points: one.geometry.coordinates.map(on) })),
    dots: hides.includes('demand') || map.getZoom() < HOMES_FROM_ZOOM ? [] : homes.features.map((one) => ({ ...one.properties, at: on(one.geometry.coordinates) })),
  };
}

/** West, north, east and south of what is in sight of a drawing; null where nothing is. */
function inSight(map: MapLibre, { lines, dots }: Drawing): [number, number, number, number] | null {
  const { clientWidth, clientHeight } = map.getCanvas();
  let [west, north, east, south] = [Infinity, Infinity, -Infinity, -Infinity];
  const see = ([x, y]: readonly [number, number]) => {
    [west, north, east, south] = [Math.min(west, x), Math.min(north, y), Math.max(east, x), Math.max(south, y)];
  };
  lines.forEach(({ points }) => points.forEach(see));
  dots.forEach(({ at }) => see(at));
  const box: [number, number, number, number] = [
    Math.max(0, Math.floor(west - EDGE_PX)),
    Math.max(0, Math.floor(north - EDGE_PX)),
    Math.min(clientWidth, Math.ceil(east + EDGE_PX)),
    Math.min(clientHeight, Math.ceil(south + EDGE_PX)),
  ];
  return box[0] < box[2] && box[1] < box[3] ? box : null;
}

/** Draws on a sheet no larger than what changes; false where nothing does. */
function paint(pen: CanvasRenderingContext2D, map: MapLibre, change: Change): boolean {
  const drawing = drawingOf(map, change);
  const box = inSight(map, drawing);
  if (box === null) return false;
  const [west, north, east, south] = box;
  const ratio = window.devicePixelRatio;
  const { canvas } = pen;
  // Setting the size clears it, too.
  [canvas.width, canvas.height] = [Math.round((east - west) * ratio), Math.round((south - north) * ratio)];
  Object.assign(canvas.style, { transform: `translate(${west}px, ${north}px)`, width: `${east - west}px`, height: `${south - north}px` });
  pen.setTransform(ratio, 0, 0, ratio, -west * ratio, -north * ratio);
  pen.lineCap = 'round';
  pen.lineJoin = 'round';
  const look: Look = { palette: PALETTES[theme.value], cutoffMin: app.query.peek()?.cutoff_min ?? 15, zoom: map.getZoom() };
  drawStreets(pen, drawing.lines, look);
  pen.globalAlpha = homeOpacity(look.zoom);
  drawHomes(pen, drawing.dots, look);
  pen.globalAlpha = 1;
  if (!app.hidden.peek().includes('facilities')) clearFacilities(pen, map);
  return true;
}

/** The dots of facilities stay in sight. */
function clearFacilities(pen: CanvasRenderingContext2D, map: MapLibre): void {
  pen.globalCompositeOperation = 'destination-out';
  for (const { geometry } of app.sites.peek()?.features ?? []) {
    const { x, y } = map.project(geometry.coordinates as Pair);
    pen.beginPath();
    pen.arc(x, y, FACILITY_PX, 0, 2 * Math.PI);
    pen.fill();
  }
}
