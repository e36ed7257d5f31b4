// The map as a picture to put into a paper: what is seen, with title, legend, scale, north and sources. Made in the
// browser, from the frame the map draws.
import type { Map as MapLibre } from 'maplibre-gl';
import type { Study } from '../api/types';
import { meters } from '../format';
import { nameOf, t } from '../i18n';
import { PALETTES, type Palette } from '../palette';
import { chosenFunction, chosenGroup, chosenProfile, query } from '../state/app';
import { scenario } from '../state/scenario';
import { language, theme } from '../state/settings';
import { legendRows, type LegendRow } from './legend-rows';
import { metersPerPixel, roundLength } from './scale';

const FAMILY = "Inter, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif";
const MARGIN = 18;
const HEAD = 62;
const ROW = 20;
const FOOT = 26;

interface Pen {
  ctx: CanvasRenderingContext2D;
  palette: Palette;
  width: number;
  height: number;
}

/** Draws the picture; resolves with null where the browser offers no canvas. */
export async function picture(map: MapLibre, study: Study): Promise<Blob | null> {
  const source = map.getCanvas();
  const scale = Math.max(1, source.width / source.clientWidth);
  const [width, height] = [source.clientWidth, source.clientHeight + HEAD + FOOT];
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const ctx = canvas.getContext('2d');
  if (ctx === null) return null;
  const pen: Pen = { ctx, palette: PALETTES[theme.peek()], width, height };
  ctx.scale(scale, scale);
  ctx.fillStyle = pen.palette.halo;
  ctx.fillRect(0, 0, width, height);
  await drawMap(map, ctx);
  head(pen, study);
  const taken = legend(pen, legendRows());
  bar(pen, map, taken);
  north(pen);
  text(pen, study.attribution.join(' · '), { x: MARGIN, y: height - 9, size: 11, quiet: true });
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/png'));
}

/** The frame is only there while the map draws it. */
function drawMap(map: MapLibre, ctx: CanvasRenderingContext2D): Promise<void> {
  return new Promise((resolve) => {
    map.once('render', () => {
      const source = map.getCanvas();
      ctx.drawImage(source, 0, HEAD, source.clientWidth, source.clientHeight);
      resolve();
    });
    map.triggerRepaint();
  });
}

function text({ ctx, palette }: Pen, words: string, at: { x: number; y: number; size: number; quiet?: boolean; bold?: boolean; end?: boolean }): void {
  ctx.font = `${at.bold ? 650 : 400} ${at.size}px ${FAMILY}`;
  ctx.fillStyle = at.quiet ? palette.labelQuiet : palette.label;
  ctx.textAlign = at.end ? 'right' : 'left';
  ctx.fillText(words, at.x, at.y);
}

/** What is shown, for whom, and of which scenario. */
function head(pen: Pen, study: Study): void {
  const asked = query.peek();
  const names = [chosenFunction.peek(), chosenProfile.peek(), chosenGroup.peek()].map((thing) => (thing ? nameOf(thing) : ''));
  const now = scenario.peek();
  text(pen, `${study.name} · ${now === null ? t('scenario.baseline') : now.name}`, { x: MARGIN, y: 27, size: 17, bold: true });
  text(pen, [...names, t('cutoff.value', { n: asked?.cutoff_min ?? 0 })].join(' · '), { x: MARGIN, y: 48, size: 13, quiet: true });
}

function card({ ctx, palette }: Pen, x: number, y: number, width: number, height: number): void {
  ctx.fillStyle = palette.halo;
  ctx.globalAlpha = 0.92;
  ctx.beginPath();
  ctx.roundRect(x, y, width, height, 8);
  ctx.fill();
  ctx.globalAlpha = 1;
}

/** Draws the legend; tells where it ends, to the right and above. */
function legend(pen: Pen, { title, rows }: { title: string; rows: readonly LegendRow[] }): { right: number; top: number } {
  const { ctx, height } = pen;
  ctx.font = `400 12px ${FAMILY}`;
  const widest = Math.max(...rows.map(({ words }) => ctx.measureText(words).width), 0);
  ctx.font = `650 12.5px ${FAMILY}`;
  const width = Math.max(widest + 34, ctx.measureText(title).width) + 24;
  const tall = rows.length * ROW + 36;
  const top = height - FOOT - tall - MARGIN;
  card(pen, MARGIN, top, width, tall);
  text(pen, title, { x: MARGIN + 12, y: top + 21, size: 12.5, bold: true });
  rows.forEach((row, i) => {
    const y = top + 42 + i * ROW;
    mark(pen, row, MARGIN + 12, y - 4);
    text(pen, row.words, { x: MARGIN + 46, y, size: 12 });
  });
  return { right: MARGIN + width, top };
}

function mark({ ctx, palette }: Pen, row: LegendRow, x: number, y: number): void {
  ctx.fillStyle = row.color;
  if (row.shape === 'line') {
    ctx.fillRect(x, y - 2.5, 22, 5);
    return;
  }
  ctx.beginPath();
  ctx.arc(x + 11, y, 5.5, 0, Math.PI * 2);
  ctx.fill();
  ctx.lineWidth = 2;
  ctx.strokeStyle = row.edge ?? palette.halo;
  ctx.stroke();
}

/** The scale at the middle of the map; above the legend where there is no room beside it. */
function bar(pen: Pen, map: MapLibre, taken: { right: number; top: number }): void {
  const { ctx, palette, width, height } = pen;
  const each = metersPerPixel(map.getCenter().lat, map.getZoom());
  const length = roundLength(each * 140);
  const pixels = length / each;
  const right = width - MARGIN - 12;
  const y = (right - pixels - 20 < taken.right ? taken.top - 8 : height - FOOT - MARGIN) - 12;
  card(pen, right - pixels - 12, y - 26, pixels + 24, 38);
  text(pen, meters(length, language.peek()), { x: right, y: y - 8, size: 12, end: true });
  ctx.strokeStyle = palette.label;
  ctx.lineWidth = 1.6;
  ctx.beginPath();
  ctx.moveTo(right - pixels, y - 4);
  ctx.lineTo(right - pixels, y + 2);
  ctx.lineTo(right, y + 2);
  ctx.lineTo(right, y - 4);
  ctx.stroke();
}

/** North is up: the map of this page does not turn. */
function north(pen: Pen): void {
  const { ctx, palette, width } = pen;
  const [x, y] = [width - MARGIN - 18, HEAD + MARGIN];
  card(pen, x - 18, y, 36, 50);
  ctx.fillStyle = palette.label;
  ctx.beginPath();
  ctx.moveTo(x, y + 7);
  ctx.lineTo(x + 8, y + 29);
  ctx.lineTo(x, y + 24);
  ctx.lineTo(x - 8, y + 29);
  ctx.closePath();
  ctx.fill();
  ctx.font = `650 12px ${FAMILY}`;
  ctx.textAlign = 'center';
  ctx.fillText(t('picture.north'), x, y + 44);
}
