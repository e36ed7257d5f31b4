// How what an edit changes is drawn by hand: widths, sizes and order as in the layers of streets and homes. Pure.
import { colorAt, type Palette } from '../palette';
import { DOTS, HOME_OPACITY } from './layers/demand';
import { STREET_WIDTHS } from './layers/streets';
import { between } from './scale-by-zoom';

export interface Pen {
  beginPath(): void;
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
  arc(x: number, y: number, radius: number, from: number, to: number): void;
  stroke(): void;
  fill(): void;
  lineWidth: number;
  strokeStyle: unknown;
  fillStyle: unknown;
}

export interface Look {
  palette: Palette;
  cutoffMin: number;
  zoom: number;
}

/** A street part or a home, where it is on the screen, and its walking time; null beyond the cutoff. */
export interface Line {
  min: number | null;
  points: readonly [number, number][];
}
export interface Dot {
  min: number | null;
  persons: number;
  at: readonly [number, number];
}

const covered = (min: number | null, { cutoffMin }: Look) => min !== null && min <= cutoffMin;

/** Width of a street's color, in pixels. */
export function streetWidth(zoom: number, isCovered: boolean): number {
  return between(zoom, 1.4, STREET_WIDTHS.map(([at, within, beyond]) => [at, isCovered ? within : beyond]));
}

/** Radius of a home's dot, in pixels. */
export function dotRadius(zoom: number, persons: number): number {
  return between(zoom, 1.6, DOTS.map(({ zoom: at, least, most, factor }) => [at, Math.min(most, Math.max(least, factor * Math.sqrt(persons)))]));
}

/** How solid a home's dot is, 0 to 1. */
export const homeOpacity = (zoom: number): number => between(zoom, 1, HOME_OPACITY);

function trace(pen: Pen, lines: readonly Line[]): void {
  pen.beginPath();
  for (const { points } of lines) points.forEach(([x, y], i) => (i === 0 ? pen.moveTo(x, y) : pen.lineTo(x, y)));
  pen.stroke();
}

/** Lays streets over those of the map: first what hides the old color, then the new color, the nearest on top. */
export function drawStreets(pen: Pen, lines: readonly Line[], look: Look): void {
  pen.lineWidth = streetWidth(look.zoom, true) + 1;
  pen.strokeStyle = look.palette.streetMinor;
  trace(pen, lines.filter(({ min }) => !covered(min, look)));
  const groups = new Map<string, { width: number; lines: Line[] }>();
  for (const line of lines) {
    const within = covered(line.min, look);
    const color = within ? colorAt(line.min, look.cutoffMin, look.palette) : look.palette.uncoveredStreet;
    const group = groups.get(color) ?? { width: streetWidth(look.zoom, within), lines: [] };
    group.lines.push(line);
    groups.set(color, group);
  }
  const farthest = ({ lines: all }: { lines: Line[] }) => Math.max(...all.map(({ min }) => min ?? Infinity));
  for (const [color, group] of [...groups].sort(([, a], [, b]) => farthest(b) - farthest(a))) {
    pen.lineWidth = group.width;
    pen.strokeStyle = color;
    trace(pen, group.lines);
  }
}

/** Lays homes over those of the map. */
export function drawHomes(pen: Pen, dots: readonly Dot[], look: Look): void {
  pen.lineWidth = between(look.zoom, 1, [[13, 0], [16, 0.8]]);
  pen.strokeStyle = look.palette.halo;
  for (const { at: [x, y], min, persons } of dots) {
    pen.beginPath();
    pen.arc(x, y, dotRadius(look.zoom, persons), 0, 2 * Math.PI);
    pen.fillStyle = colorAt(min, look.cutoffMin, look.palette);
    pen.fill();
    if (pen.lineWidth > 0 && look.zoom > 13) pen.stroke();
  }
}
