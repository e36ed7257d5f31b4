import { createExpression } from '@maplibre/maplibre-gl-style-spec';
import { describe, expect, it } from 'vitest';
import type { Reach, Why } from '../api/types';
import { colorByTime, type Scene } from '../map/scene';
import { boundsOf, circleShapes, pinShapes, reachShapes } from '../map/shapes';
import { layersOf } from '../map/style';
import { colorAt, PALETTES } from '../palette';

const scene = (cutoffMin: number): Scene => ({ palette: PALETTES.light, theme: 'light', composite: false, need: 3, cutoffMin, mode: 'coverage', hidden: [], reach: false, gain: false, gainMax: 1, site: null, candidate: null, zone: null, gap: null });

describe('the map', () => {
  it('colors a street as the chart colors its minute, at every cutoff', () => {
    for (const cutoff of [1, 5, 12, 15, 60]) {
      const parsed = createExpression(colorByTime(scene(cutoff), PALETTES.light.uncovered), 'layers[0].paint.line-color');
      if (parsed.result === 'error') throw new Error(parsed.value.map(String).join());
      const color = (properties: Record<string, number>) => parsed.value.evaluate({ zoom: 12 }, { type: 2, properties } as never) as string;
      for (const min of [0, 4.9, 5, 5.1, 10, 12, 12.1, 15, 15.1, 60, 60.1]) expect(color({ min }), `${min} of ${cutoff}`).toBe(colorAt(min, cutoff, PALETTES.light));
      expect(color({})).toBe(PALETTES.light.uncovered);
    }
  });

  it('keeps its layers in one order, whatever is shown', () => {
    const ids = (given: Scene) => layersOf(given).map((layer) => layer.id);
    expect(ids({ ...scene(7), palette: PALETTES.dark, hidden: ['gaps', 'streets'], reach: true, zone: 'z', gap: 3 })).toEqual(ids(scene(15)));
    expect(new Set(ids(scene(15))).size).toBe(ids(scene(15)).length);
  });

  it('needs neither glyphs nor sprites nor another host', () => {
    const text = JSON.stringify(layersOf(scene(15)));
    expect(text).not.toMatch(/https?:|glyphs|sprite/);
  });
});

describe('shapes', () => {
  it('draw every access leg where the place was snapped', () => {
    const near = { place: [1.1, 2] as [number, number], door: [1, 2] as [number, number], access_m: 9, access_min: 0.1, forced: false };
    const far = { ...near, place: [1, 2.2] as [number, number], door: [1, 2.1] as [number, number], forced: true };
    const why: Why = { place: [1, 2], snapped: near, ties: [near, far], reason: null, zone: null, functions: [], rules: [] };
    const { features } = pinShapes([1, 2], why);
    expect(features.map((f) => f.geometry.type)).toEqual(['LineString', 'Point', 'LineString', 'Point', 'Point']);
    expect(features[2]).toMatchObject({ geometry: { coordinates: [[1, 2], [1, 2.1], [1, 2.2]] }, properties: { forced: true } });
    expect(pinShapes([1, 2], { ...why, snapped: null, ties: [] }).features).toHaveLength(1);
    expect(pinShapes(null, null).features).toEqual([]);
  });

  it('number the bands of the reach from the smallest', () => {
    const geometry = { type: 'Polygon' as const, coordinates: [] };
    const feature = (cutoff_min: number) => ({ type: 'Feature' as const, geometry, properties: { cutoff_min, persons: {}, street_km: 0, buffer_m: 75 * cutoff_min, buffer_persons: {} } });
    const reach: Reach = { type: 'FeatureCollection', features: [feature(15), feature(10), feature(5)] };
    expect(reachShapes(reach).features.map((f) => f.properties?.['band'])).toEqual([2, 1, 0]);
    const [outer] = circleShapes(reach, [24, 60]).features.map((f) => boundsOf(f.geometry));
    expect((outer?.[3] ?? 0) - 60, 'north by 1,125 m').toBeCloseTo(0.010117, 5);
    expect((outer?.[2] ?? 0) - 24, 'twice as many degrees east at 60 north').toBeCloseTo(0.020235, 4);
    expect(circleShapes(reach, null).features).toEqual([]);
  });

  it('know the bounds of nested rings, and that nothing has none', () => {
    expect(boundsOf({ type: 'MultiPolygon', coordinates: [[[[0, 1], [4, 1], [4, 5], [0, 1]]], [[[-2, 2], [0, 2], [0, 9], [-2, 2]]]] })).toEqual([-2, 1, 4, 9]);
    expect(boundsOf({ type: 'MultiPolygon', coordinates: [] })).toBeNull();
  });
});
