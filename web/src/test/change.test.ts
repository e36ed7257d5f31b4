import { describe, expect, it } from 'vitest';
import { dotRadius, drawHomes, drawStreets, streetWidth, type Look, type Pen } from '../map/change-shapes';
import { between } from '../map/scale-by-zoom';
import { colorAt, PALETTES } from '../palette';

/** Notes what is drawn: the color and width of every line, the color and radius of every dot. */
class Notes implements Pen {
  lineWidth = 0;
  strokeStyle: unknown = '';
  fillStyle: unknown = '';
  readonly lines: [unknown, number, number][] = [];
  readonly dots: [unknown, number][] = [];
  private moves = 0;
  private radius = 0;
  beginPath(): void {
    this.moves = 0;
  }
  moveTo(): void {
    this.moves += 1;
  }
  lineTo(): void {
    // a line goes on
  }
  arc(_x: number, _y: number, radius: number): void {
    this.radius = radius;
  }
  stroke(): void {
    if (this.moves > 0) this.lines.push([this.strokeStyle, this.lineWidth, this.moves]);
  }
  fill(): void {
    this.dots.push([this.fillStyle, this.radius]);
  }
}

const look: Look = { palette: PALETTES.light, cutoffMin: 15, zoom: 13 };
const points: [number, number][] = [[0, 0], [1, 1]];

describe('what grows with the zoom', () => {
  it('is level beyond the stops and rises between them as the map says', () => {
    const stops = [[10, 1], [14, 5]] as const;
    expect([8, 10, 12, 14, 20].map((zoom) => between(zoom, 1, stops))).toEqual([1, 1, 3, 5, 5]);
    expect(between(12, 2, stops)).toBeCloseTo(1 + 4 * (3 / 15), 12);
  });

  it('gives streets and homes the sizes of their layers at the stops', () => {
    expect([9, 13, 17].map((zoom) => [streetWidth(zoom, true), streetWidth(zoom, false)])).toEqual([[1.3, 0.75], [2, 1], [5.5, 3.5]]);
    expect([dotRadius(11, 100), dotRadius(17, 100), dotRadius(17, 1e6)]).toEqual([1.6, 11, 22]);
  });
});

describe('a change laid over the map', () => {
  it('hides the old color of streets that are lost, and draws the nearest last', () => {
    const pen = new Notes();
    drawStreets(pen, [{ min: 3, points }, { min: null, points }, { min: 14, points }, { min: 4, points }], look);
    const near = colorAt(3, 15, look.palette);
    expect(pen.lines.map(([color]) => color)).toEqual([look.palette.streetMinor, look.palette.uncoveredStreet, colorAt(14, 15, look.palette), near]);
    expect(pen.lines.at(-1)).toEqual([near, 2, 2]);
  });

  it('takes a time at the cutoff as covered, one beyond as not', () => {
    const pen = new Notes();
    drawHomes(pen, [{ at: [0, 0], min: 15, persons: 4 }, { at: [0, 0], min: 15.1, persons: 4 }, { at: [0, 0], min: null, persons: 4 }], look);
    const { bands, uncovered } = look.palette;
    expect(pen.dots.map(([color]) => color)).toEqual([bands[2], uncovered, uncovered]);
  });
});
