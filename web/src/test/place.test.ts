import { describe, expect, it } from 'vitest';
import { metersPerPixel, roundLength } from '../map/scale';
import { candidateShapes, planShapes } from '../map/plan-shapes';
import { gapOf, span, steps } from '../modes/place/stairs';
import { askOf, splitRule, type Lock, type PlaceForm } from '../state/place-ask';
import { placeName } from '../state/plan-names';
import type { PlaceResult } from '../api/job-types';

const query = { function: 'childcare', profile: 'adult', group: 'all', cutoff_min: 15 };
const wish: PlaceForm = { problem: 'mclp', by: 'sites', sites: 3, budget: 7, target: 95, phased: false, yearly: [2, 1], firstYear: 2027, from: '', timeLimitS: 30, reachMin: 60, placesPer1000: 40, capacity: 60, gates: 2, beside: 0, centers: 1, further: 'circle/school', milestones: [], spacingM: 0, zones: [] };
const none = new Map<string, Lock>();
const lock = (kind: Lock['kind']): Lock => ({ kind, name: 'a', place: [1, 2], bonus: 100 });

describe('what a search is asked', () => {
  it('names the question, or the rule in its place', () => {
    expect(askOf(query, wish, null, none)).toMatchObject({ ...query, problem: 'mclp', sites: 3, candidates: [] });
    const byRule = askOf(query, wish, 'circle/childcare', none);
    expect(byRule.rule).toBe('circle/childcare');
    expect(byRule.function).toBeUndefined();
    expect(splitRule('circle/childcare/ten')).toEqual(['circle', 'childcare/ten']);
  });

  it('limits sites or money, never both', () => {
    const money = askOf(query, { ...wish, by: 'budget' }, null, none);
    expect(money.budget).toBe(7);
    expect(money.sites).toBeUndefined();
    expect(askOf(query, { ...wish, problem: 'p-center', by: 'budget' }, null, none)).toMatchObject({ sites: 3 });
  });

  it('asks for a share only where the number of sites is the answer', () => {
    const share = askOf(query, { ...wish, problem: 'lscp' }, null, none);
    expect(share.target_share).toBe(0.95);
    expect(share.sites).toBeUndefined();
    expect(askOf(query, wish, null, none).target_share).toBeUndefined();
  });

  it('sums the years', () => {
    expect(askOf(query, { ...wish, phased: true }, null, none)).toMatchObject({ sites: 3, yearly_sites: [2, 1], first_year: 2027 });
    const even = askOf(query, { ...wish, phased: true, problem: 'lscp' }, null, none);
    expect(even).toMatchObject({ phases: 2, first_year: 2027 });
    expect(even.yearly_sites).toBeUndefined();
    expect(askOf(query, { ...wish, phased: true, problem: 'p-median' }, null, none).yearly_sites).toBeUndefined();
  });

  it('tells each end only what it knows', () => {
    const years = askOf(query, { ...wish, problem: 'years', by: 'budget' }, null, none);
    expect(years).toMatchObject({ problem: 'mclp', yearly_budget: [2, 1], first_year: 2027 });
    expect([years.sites, years.yearly_sites, years.budget]).toEqual([undefined, undefined, undefined]);
    expect(askOf(query, { ...wish, problem: 'years' }, null, none)).toMatchObject({ problem: 'mclp', sites: 3, yearly_sites: [2, 1] });
    expect(askOf(query, { ...wish, problem: 'p-median' }, null, none)).toMatchObject({ sites: 3, reach_min: 60, unserved_min: 60 });
    expect(askOf(query, { ...wish, problem: 'p-center' }, null, none).unserved_min).toBeUndefined();
    expect(askOf(query, { ...wish, problem: 'p-center' }, null, none).cutoff_min).toBeUndefined();
    const alone = askOf(query, { ...wish, problem: 'gates', from: 'junctions', spacingM: 300 }, null, new Map([['a', lock('required')]]));
    expect([alone.candidates, alone.required, alone.min_spacing_m]).toEqual([[], [], undefined]);
    expect(askOf(query, { ...wish, problem: 'gates', from: 'junctions', beside: 1 }, null, none).candidates).toEqual(['junctions']);
    const gates = askOf(query, { ...wish, problem: 'gates' }, null, none);
    expect([gates.gates, gates.sites, gates.reach_min]).toEqual([2, undefined, undefined]);
    expect(askOf(query, { ...wish, problem: 'capacitated' }, null, none)).toMatchObject({ sites: 3, places_per_1000: 40, capacity: 60 });
    expect(askOf(query, { ...wish, problem: 'cost-to-target' }, null, none)).toMatchObject({ target_share: 0.95 });
    const backed = askOf(query, { ...wish, problem: 'lscp-b', phased: true }, null, none);
    expect([backed.target_share, backed.sites, backed.phases, backed.first_year]).toEqual([0.95, undefined, undefined, undefined]);
    const apart = askOf(query, { ...wish, problem: 'p-dispersion', by: 'budget' }, null, none);
    expect([apart.sites, apart.budget, apart.cutoff_min]).toEqual([3, undefined, query.cutoff_min]);
    expect(askOf(query, { ...wish, problem: 'two-tier' }, null, none)).toMatchObject({ center_rule: 'circle/school', centers: 1, sites: 3 });
    expect(askOf(query, { ...wish, problem: 'center', by: 'budget' }, null, none)).toMatchObject({ also: [{ rule: 'circle/school' }], budget: 7 });
  });

  it('asks sites to keep apart, zones and years to have their part, where the end knows that', () => {
    const zones = [{ zone: '*', least: null, most: 2 }, { zone: 'a', least: 1, most: null }];
    const more: PlaceForm = { ...wish, spacingM: 800, zones, milestones: [0, 40, 90] };
    const kept = askOf(query, { ...more, phased: true }, null, none);
    expect(kept).toMatchObject({ min_spacing_m: 800, zone_min: { a: 1 }, zone_max: { '*': 2 } });
    // A milestone beyond the last year is none.
    expect(kept.milestones).toEqual([{ year: 2028, share: 0.4 }]);
    expect(askOf(query, more, null, none).milestones).toBeUndefined();
    const walks = askOf(query, { ...more, problem: 'p-median', phased: true }, null, none);
    expect([walks.min_spacing_m, walks.zone_min, walks.zone_max, walks.milestones]).toEqual([undefined, undefined, undefined, undefined]);
    const plain = askOf(query, wish, null, none);
    expect([plain.min_spacing_m, plain.zone_min, plain.zone_max, plain.milestones]).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('carries what was settled beforehand', () => {
    const held = new Map([['x', lock('required')], ['y', lock('forbidden')], ['z', lock('bonus')]]);
    expect(askOf(query, wish, null, held)).toMatchObject({ required: ['x'], forbidden: ['y'], bonuses: { z: 100 } });
    expect(askOf(query, { ...wish, problem: 'p-median' }, null, held).bonuses).toBeUndefined();
  });
});

describe('the chart of a search', () => {
  it('holds what was known until something better came', () => {
    expect(steps([[0, 5], [2, 8]], 3)).toEqual([[0, 5], [2, 5], [2, 8], [3, 8]]);
    expect(steps([], 3)).toEqual([]);
  });

  it('leaves air around the values, also around a single one', () => {
    const [low, high] = span([10, 20]);
    expect(low).toBeLessThan(10);
    expect(high).toBeGreaterThan(20);
    const [flat, top] = span([7, 7]);
    expect(flat).toBeLessThan(7);
    expect(top).toBeGreaterThan(7);
  });
});

describe('the gap', () => {
  it('is a part of the larger number, whichever way is better', () => {
    expect(gapOf(90, 100)).toBeCloseTo(0.1, 12);
    expect(gapOf(63, 57)).toBeCloseTo(6 / 63, 12);
    expect([gapOf(5, 5), gapOf(0, 0), gapOf(null, 5), gapOf(5, null)]).toEqual([0, 0, null, null]);
  });
});

describe('the scale of the picture', () => {
  it('is a round length that fits', () => {
    expect([roundLength(140), roundLength(200), roundLength(9_999), roundLength(0.7)]).toEqual([100, 200, 5000, 0.5]);
    expect(metersPerPixel(0, 0)).toBeCloseTo(78271.5, 0);
    expect(metersPerPixel(60, 10)).toBeCloseTo(metersPerPixel(0, 11), 9);
  });
});

describe('a plan on the map', () => {
  it('calls a junction by its zone rather than by its number', () => {
    const at = { id: 'junction-7', name: 'junction-7', street: null };
    expect([placeName({ ...at, zone: 'Douglas' }), placeName(at), placeName({ ...at, street: 'Church Lane' })]).toEqual(['Douglas', 'junction-7', 'Church Lane']);
  });

  const site = { order: 1, id: 'a', name: '', street: 'Church Lane', place: [1, 2] as [number, number], cost: 1, phase: null, status: 'candidate', gained_persons: 5, cumulative_persons: 5 };
  const plan = { sites: [site], runners_up: [{ id: 'b' }], candidates: { count: 3, from: '', places: [['a', 1, 2], ['b', 3, 4], ['c', 5, 6]] } } as unknown as PlaceResult;

  it('draws a site once, and the rest as candidates', () => {
    expect(planShapes(plan).features.map((one) => one.properties)).toEqual([{ id: 'a', order: 1, name: 'Church Lane' }]);
    const shown = candidateShapes(plan, new Map([['c', lock('forbidden')]])).features.map((one) => [one.properties?.['id'], one.properties?.['lock']]);
    expect(shown).toEqual([['b', 'runner'], ['c', 'forbidden']]);
  });

  it('says when a site opens, and draws a gate from side to side', () => {
    const dated = { ...plan, sites: [{ ...site, phase: 2, year: 2028 }, { ...site, id: 'gate-1', kind: 'gate', sides: [[1, 2], [1, 3]] }] } as unknown as PlaceResult;
    const shapes = planShapes(dated).features;
    expect(shapes.map((one) => one.geometry.type)).toEqual(['LineString', 'Point', 'Point']);
    expect(shapes[1]?.properties?.['opens']).toBe('2028');
  });

  it('keeps what was settled where no plan is known', () => {
    expect(candidateShapes(null, new Map([['x', lock('required')]])).features).toHaveLength(1);
    expect(planShapes(null).features).toEqual([]);
  });
});
