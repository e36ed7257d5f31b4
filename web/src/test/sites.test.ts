import { describe, expect, it } from 'vitest';
import type { Facilities } from '../api/types';
import { sitesOf } from '../state/sites';

const site = (key: string, place: [number, number], functions = ['meals']): Facilities['features'][number] => ({
  type: 'Feature', geometry: { type: 'Point', coordinates: place }, properties: { id: 1, key, name: key, layer: 'osm', functions, capacity: null, entrances: 1 },
});
const list = (...features: Facilities['features']): Facilities => ({ type: 'FeatureCollection', features });
const told = (now: Facilities, baseline: Facilities | null) => sitesOf(now, baseline).features.map(({ properties }) => [properties.uid, properties.change]);

describe('the sites of a scenario', () => {
  it('are told apart from the study as it stands', () => {
    const baseline = list(site('a', [0, 0]), site('b', [1, 1]), site('c', [2, 2]), site('d', [3, 3]));
    const now = list(site('a', [0, 0]), site('b', [1, 1.5]), site('c', [2, 2], ['meals', 'culture']), site('new-1', [4, 4]));
    expect(told(now, baseline)).toEqual([['osm/a', null], ['osm/b', 'moved'], ['osm/c', 'upgraded'], ['osm/new-1', 'opened'], ['osm/d', 'closed']]);
  });

  it('are plain while no baseline is known', () => {
    expect(told(list(site('a', [0, 0])), null)).toEqual([['osm/a', null]]);
  });
});
