import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bands, colorAt, PALETTES, type Theme } from '../palette';
import { contrast, distance, type Sight } from './color';

const SIGHTS: Sight[] = ['full', 'protan', 'deutan', 'tritan'];
const css = readFileSync(join(import.meta.dirname, '../styles/base.css'), 'utf8');

/** The custom properties of one theme; dark ones overlay light ones. */
function variables(theme: Theme): Record<string, string> {
  const block = (start: string) => css.slice(css.indexOf(start), css.indexOf('}', css.indexOf(start)));
  const read = (text: string) => Object.fromEntries([...text.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})/g)].map((m) => [m[1], m[2]]));
  const light = read(block(':root {'));
  return theme === 'light' ? light : { ...light, ...read(block(":root[data-theme='dark']")) };
}

describe('bands of walking time', () => {
  it('end at 5, 10, 15 and at the cutoff, which is included', () => {
    const ends = (cutoff: number) => bands(cutoff, PALETTES.light).map((band) => band.toMin);
    expect(ends(15)).toEqual([5, 10, 15]);
    expect(ends(5)).toEqual([5]);
    expect(ends(3)).toEqual([3]);
    expect(ends(12)).toEqual([5, 10, 12]);
    expect(ends(60)).toEqual([5, 10, 15, 60]);
  });

  it('color the cutoff itself as covered and anything beyond as not', () => {
    const palette = PALETTES.light;
    expect(colorAt(15, 15, palette)).toBe(palette.bands[2]);
    expect(colorAt(15.1, 15, palette)).toBe(palette.uncovered);
    expect(colorAt(null, 60, palette)).toBe(palette.uncovered);
    expect(colorAt(5, 15, palette)).toBe(palette.bands[0]);
  });
});

describe.each(['light', 'dark'] as const)('the %s palette', (theme) => {
  const palette = PALETTES[theme];
  const ui = variables(theme);

  it('stands out from the land by 3:1 wherever color carries meaning', () => {
    for (const color of [...palette.bands, palette.uncovered, palette.uncoveredStreet, palette.facility, palette.route, palette.pin]) {
      expect(contrast(color, palette.land), color).toBeGreaterThanOrEqual(3);
    }
  });

  it('keeps labels readable by 4.5:1', () => {
    for (const ground of [palette.land, palette.ground, palette.halo]) {
      expect(contrast(palette.label, ground)).toBeGreaterThanOrEqual(4.5);
      expect(contrast(palette.labelQuiet, ground)).toBeGreaterThanOrEqual(4.5);
    }
    expect(contrast(palette.halo, palette.uncovered)).toBeGreaterThanOrEqual(4.5);
  });

  it.each(SIGHTS)('keeps covered apart from uncovered under %s sight', (sight) => {
    for (const band of palette.bands) {
      expect(distance(band, palette.uncovered, sight), band).toBeGreaterThan(0.1);
      expect(distance(band, palette.uncoveredStreet, sight), band).toBeGreaterThan(0.08);
    }
  });

  it.each(SIGHTS)('keeps neighboring bands apart under %s sight', (sight) => {
    palette.bands.slice(1).forEach((band, i) => expect(distance(band, palette.bands[i] ?? '', sight), band).toBeGreaterThan(0.08));
  });

  it('gives text 4.5:1 and controls 3:1', () => {
    const at = (name: string) => ui[name] ?? '';
    for (const ground of ['surface', 'surface-2', 'uncovered-soft', 'accent-soft']) {
      expect(contrast(at('text'), at(ground)), ground).toBeGreaterThanOrEqual(4.5);
      expect(contrast(at('text-2'), at(ground)), ground).toBeGreaterThanOrEqual(4.5);
    }
    expect(contrast(at('accent'), at('surface'))).toBeGreaterThanOrEqual(4.5);
    expect(contrast(at('accent'), at('accent-soft'))).toBeGreaterThanOrEqual(4.5);
    expect(contrast(at('on-accent'), at('accent'))).toBeGreaterThanOrEqual(4.5);
    expect(contrast(at('uncovered'), at('uncovered-soft'))).toBeGreaterThanOrEqual(4.5);
    for (const mark of ['line-strong', 'covered', 'uncovered-mark']) expect(contrast(at(mark), at('surface')), mark).toBeGreaterThanOrEqual(3);
  });
});
