import { describe, expect, it } from 'vitest';
import { clampCutoff, formatHash, LAYERS, parseHash, type UrlState } from '../state/url';

describe('the link', () => {
  it('carries the whole state there and back', () => {
    const state: UrlState = {
      mode: 'whatif',
      study: 'isle-of-man',
      scenario: 'a&b',
      against: 'baseline',
      function: 'childcare',
      need: ['meals', 'health'],
      profile: 'elder',
      group: 'age_0_3',
      cutoffMin: 12,
      view: { zoom: 13.25, lat: 54.15001, lon: -4.48 },
      pin: [-4.481234, 54.150567],
      tab: 'zones',
      hidden: ['demand', 'buildings'],
    };
    expect(parseHash(formatHash(state))).toEqual(state);
  });

  it('keeps ids that need escaping', () => {
    const state: UrlState = { function: '托育 & 幼儿=园#1', cutoffMin: 15 };
    expect(parseHash(formatHash(state))).toEqual(state);
  });

  it('knows every layer by name', () => {
    expect(parseHash(formatHash({ hidden: [...LAYERS] })).hidden).toEqual([...LAYERS]);
  });

  it('is empty for nothing, and nothing for empty', () => {
    expect(formatHash({})).toBe('');
    expect(parseHash('')).toEqual({});
    expect(parseHash('#')).toEqual({});
  });

  it('drops what it cannot read instead of failing', () => {
    expect(parseHash('#c=soon&m=1/2&pin=x,y&t=unknown&off=nothing')).toEqual({ hidden: [] });
    expect(parseHash('#m=12/95/0&pin=95,0')).toEqual({});
    expect(parseHash('#m=//&pin=,')).toEqual({});
  });

  it('clamps the cutoff to whole minutes from 1 to 60', () => {
    expect(parseHash('#c=0').cutoffMin).toBe(1);
    expect(parseHash('#c=999').cutoffMin).toBe(60);
    expect(parseHash('#c=14.6').cutoffMin).toBe(15);
    expect(clampCutoff(-3)).toBe(1);
  });
});
