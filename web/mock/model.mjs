// What the mock server answers: the same shapes as the real API, from the made-up town or an OSM city.
import { outline } from './outline.mjs';
import { adjacency, contains, metersBetween, nearest, nodeIndex } from './walk.mjs';

const PROFILES = [
  { id: 'adult', en: 'Adult', zh: '成年人', walk_speed_m_s: 1.25, stairs: true },
  { id: 'elder', en: 'Older person', zh: '老年人', walk_speed_m_s: 0.8, stairs: true },
  { id: 'stroller', en: 'Stroller', zh: '婴儿车', walk_speed_m_s: 1.0, stairs: false },
];
const FUNCTIONS = [
  { id: 'childcare', en: 'Childcare', zh: '托育' },
  { id: 'eldercare', en: 'Elder care', zh: '养老' },
  { id: 'meals', en: 'Meals', zh: '助餐' },
  { id: 'health', en: 'Health care', zh: '医疗卫生' },
  { id: 'culture', en: 'Culture', zh: '文化' },
  { id: 'convenience', en: 'Convenience store', zh: '便利店' },
  { id: 'nursery_public', en: 'Public nursery', zh: '公办托儿所' },
];
const GROUPS = [
  { id: 'all', en: 'All residents', zh: '全部居民', estimated: true, part: 1 },
  { id: 'age_60', en: 'Aged 60 and over', zh: '60 岁及以上', estimated: true, part: 0.22 },
  { id: 'age_0_3', en: 'Aged 0–3', zh: '0–3 岁', estimated: true, part: 0.031 },
];
const rule = (id, fn, group, pass_share, verified) => ({ id, en: `${fn.en} within 15 minutes`, zh: `15 分钟内可达${fn.zh}`, functions: [fn.id], tier: null, cutoff_min: 15, cutoff_m: null, profile: group === 'age_60' ? 'elder' : 'adult', group, pass_share, verified, source: 'Mock circle guide 2026' });
const STANDARDS = [
  { id: 'circle-15', en: 'Fifteen-minute circle', zh: '15 分钟生活圈', source: 'Mock circle guide 2026', note: '', rules: FUNCTIONS.slice(0, 6).map((fn, i) => rule(fn.id, fn, i === 1 ? 'age_60' : 'all', [0.85, 0.85, 0.4, 0.85, 0.3, 0.9][i], i % 3 !== 1)) },
  { id: 'childcare-15', en: 'Childcare circle', zh: '15 分钟托育圈', source: 'Mock childcare plan', note: '', rules: [rule('on-foot', FUNCTIONS[0], 'age_0_3', 1, true)] },
];
const SPEEDS = [0.8, 1.0, 1.25];
const SNAP_LIMIT_M = 250;

export function model(city) {
  const next = adjacency(city.graph);
  const findNode = nodeIndex(city.graph.places);
  const byId = (list, id) => list.find((item) => item.id === id);
  for (const point of city.demand[0]?.snap === undefined ? city.demand : []) {
    point.snap = findNode(point.place, SNAP_LIMIT_M);
    point.zone = city.zones.find((zone) => contains(zone.geometry, point.place))?.properties.id ?? null;
  }
  const allOf = (id) => city.facilities.filter((facility) => facility.function === id);
  const facilitiesOf = (id) => allOf(id).filter((facility) => facility.change !== 'closed');
  city.facilities = city.facilities.map((facility) => ({ ...facility }));
  for (const facility of city.facilities) facility.snap = findNode(facility.place, SNAP_LIMIT_M);

  const fields = new Map();
  const field = (functionId, profileId, speed) => {
    const profile = byId(PROFILES, profileId);
    const metersPerSecond = speed ?? profile.walk_speed_m_s;
    const key = `${functionId}/${profileId}/${metersPerSecond}`;
    if (!fields.has(key)) {
      const seeds = facilitiesOf(functionId)
        .filter((facility) => facility.snap)
        .map((facility) => ({ node: facility.snap.node, seconds: facility.snap.m / metersPerSecond, label: facility.id }));
      fields.set(key, nearest(city.graph, next, seeds, { speed: metersPerSecond, stairs: profile.stairs }));
    }
    return fields.get(key);
  };
  const minutesAt = (point, times, speed) =>
    point.snap ? (times.seconds[point.snap.node] + point.snap.m / speed) / 60 : Infinity;

  const bounds = city.graph.places.reduce(
    (b, [x, y]) => [Math.min(b[0], x), Math.min(b[1], y), Math.max(b[2], x), Math.max(b[3], y)],
    [180, 90, -180, -90],
  );
  const persons = (group) => city.demand.reduce((sum, point) => sum + point.persons * byId(GROUPS, group).part, 0);

  function study() {
    return {
      id: 'mock', name: city.name, language: city.language, version: '0.1.0', study_hash: '5f1d0c0ffee15bad',
      attribution: ['© OpenStreetMap contributors, ODbL 1.0', 'Mock data, not for planning'],
      bounds,
      profiles: PROFILES.map(({ stairs, ...rest }) => rest),
      functions: FUNCTIONS.map((f) => ({ ...f, facilities: facilitiesOf(f.id).length })),
      groups: GROUPS.map(({ part, ...rest }) => rest),
      demand: { unit: 'persons_estimated', points: city.demand.length, persons_total: persons('all') },
      zone_levels: [...new Set(city.zones.map((zone) => zone.properties.level))],
      standards: STANDARDS,
      default: { function: 'childcare', profile: 'adult', group: 'all', cutoff_min: 15 },
      issues: { total: 48, counts: { snap_far: 31, duplicate_facility: 12, island: 5 } },
    };
  }

  const tally = (points, group) => points.reduce((sum, p) => sum + p.persons * byId(GROUPS, group).part, 0);
  const share = (part, whole) => (whole > 0 ? part / whole : null);

  function coverage({ function: fn, profile, group, cutoff_min }) {
    const cutoff = Number(cutoff_min);
    const speed = byId(PROFILES, profile).walk_speed_m_s;
    const times = field(fn, profile);
    const rows = city.demand.map((p) => ({ ...p, min: minutesAt(p, times, speed) }));
    const total = tally(rows, group);
    const covered = tally(rows.filter((p) => p.min <= cutoff), group);
    const histogram = Array.from({ length: 61 }, (_, i) => ({
      from_min: i,
      to_min: i === 60 ? null : i + 1,
      persons: tally(rows.filter((p) => (i === 60 ? p.min > 60 : i === 0 ? p.min <= 1 : p.min > i && p.min <= i + 1)), group),
    }));
    const radius = cutoff * 60 * speed;
    const sites = facilitiesOf(fn);
    const inBuffer = tally(rows.filter((p) => sites.some((s) => metersBetween(s.place, p.place) <= radius)), group);
    const zones = city.zones.map(({ properties }) => {
      const inside = rows.filter((p) => p.zone === properties.id);
      const whole = tally(inside, group);
      const part = tally(inside.filter((p) => p.min <= cutoff), group);
      const reached = inside.filter((p) => Number.isFinite(p.min));
      const mean = share(reached.reduce((sum, p) => sum + p.min * p.persons, 0), reached.reduce((sum, p) => sum + p.persons, 0));
      return { ...properties, persons: whole, covered_persons: part, no_street_persons: 0, share: share(part, whole), mean_min: mean };
    });
    return {
      function: fn, profile, group, cutoff_min: cutoff, facilities: sites.length, off_network_facilities: 0, recorded: true,
      persons: total, covered_persons: covered, no_street_persons: 0, share: share(covered, total),
      speeds: SPEEDS.map((s) => {
        const at = field(fn, profile, s);
        const c = tally(city.demand.filter((p) => minutesAt(p, at, s) <= cutoff), group);
        return { walk_speed_m_s: s, covered_persons: c, share: share(c, total) };
      }),
      buffer: { radius_m: radius, covered_persons: inBuffer, share: share(inBuffer, total) },
      histogram, zones,
    };
  }

  const CELL = [0.0036, 0.0022];
  const cellOf = ([x, y]) => [Math.floor(x / CELL[0]), Math.floor(y / CELL[1])];

  function gaps({ function: fn, profile, group, cutoff_min }) {
    const speed = byId(PROFILES, profile).walk_speed_m_s;
    const times = field(fn, profile);
    const cells = new Map();
    for (const point of city.demand) {
      const min = minutesAt(point, times, speed);
      if (min <= Number(cutoff_min)) continue;
      const [x, y] = cellOf(point.place);
      const key = `${x},${y}`;
      if (!cells.has(key)) cells.set(key, { x, y, points: [] });
      cells.get(key).points.push({ ...point, min });
    }
    const areas = [];
    while (cells.size > 0) {
      const queue = [cells.values().next().value];
      cells.delete(`${queue[0].x},${queue[0].y}`);
      for (const cell of queue) {
        for (let dx = -1; dx <= 1; dx += 1) {
          for (let dy = -1; dy <= 1; dy += 1) {
            const key = `${cell.x + dx},${cell.y + dy}`;
            if (cells.has(key)) {
              queue.push(cells.get(key));
              cells.delete(key);
            }
          }
        }
      }
      areas.push(queue);
    }
    const features = areas.map((queue) => {
      const points = queue.flatMap((cell) => cell.points);
      const found = points.map((p) => p.min).filter(Number.isFinite);
      const zoneId = points[0].zone;
      const lon = points.reduce((s, p) => s + p.place[0], 0) / points.length;
      const lat = points.reduce((s, p) => s + p.place[1], 0) / points.length;
      return {
        type: 'Feature',
        geometry: { type: 'MultiPolygon', coordinates: outline(queue.map((c) => [c.x, c.y]), (x, y) => [x * CELL[0], y * CELL[1]]) },
        properties: {
          id: `${zoneId}/${queue[0].x}_${queue[0].y}`, rank: 0, kind: 'place',
          name: city.zones.find((z) => z.properties.id === zoneId)?.properties.name ?? '',
          community: city.zones.find((z) => z.properties.id === zoneId)?.properties.name ?? '',
          persons: tally(points, group), points: points.length,
          nearest_min: found.length ? Math.min(...found) : null,
          mean_min: found.length ? found.reduce((a, b) => a + b, 0) / found.length : null,
          zone: city.zones.find((z) => z.properties.id === zoneId)?.properties.name ?? null, lon, lat,
        },
      };
    });
    features.sort((a, b) => b.properties.persons - a.properties.persons);
    features.forEach((f, i) => (f.properties.rank = i + 1));
    return { type: 'FeatureCollection', features };
  }

  function facilities({ function: fn }) {
    return {
      type: 'FeatureCollection',
      features: facilitiesOf(fn).map((f) => ({
        type: 'Feature', geometry: { type: 'Point', coordinates: f.place },
        properties: { id: f.id, key: f.key, name: f.name, layer: 'osm', functions: [f.function], capacity: null, entrances: 1 },
      })),
    };
  }

  const fromHere = (lon, lat, profileId) => {
    const place = [Number(lon), Number(lat)];
    const profile = byId(PROFILES, profileId);
    const snap = findNode(place, SNAP_LIMIT_M);
    if (!snap) return { place, profile, snap: null, times: null };
    const seeds = [{ node: snap.node, seconds: snap.m / profile.walk_speed_m_s, label: 0 }];
    return { place, profile, snap, times: nearest(city.graph, next, seeds, { speed: profile.walk_speed_m_s, stairs: profile.stairs }) };
  };

  function why({ lon, lat, profile: profileId, cutoff_min }) {
    const cutoff = Number(cutoff_min);
    const { place, profile, snap, times } = fromHere(lon, lat, profileId);
    const zone = city.zones.find((z) => contains(z.geometry, place))?.properties.name ?? null;
    const rows = FUNCTIONS.map((f) => {
      const found = snap
        ? facilitiesOf(f.id).filter((s) => s.snap && Number.isFinite(times.seconds[s.snap.node])).map((s) => {
            const seconds = times.seconds[s.snap.node] + s.snap.m / profile.walk_speed_m_s;
            return { facility: s.id, key: s.key, name: s.name, place: s.place, min: seconds / 60, m: seconds * profile.walk_speed_m_s };
          })
        : [];
      found.sort((a, b) => a.min - b.min);
      return { function: f.id, nearest: found.slice(0, 2), within: found.length > 0 && found[0].min <= cutoff };
    });
    const rules = FUNCTIONS.slice(0, 6).map((f, i) => {
      const hit = rows.find((r) => r.function === f.id).nearest[0];
      const limit = [15, 15, 15, 15, 15, 5][i];
      return {
        standard: 'circle-15', rule: `${f.id}-${limit}`, en: `${f.en} within ${limit} minutes`, zh: `${limit} 分钟内可达${f.zh}`,
        cutoff_min: limit, cutoff_m: null, found_min: hit?.min ?? null, found_m: hit?.m ?? null, passes: hit !== undefined && hit.min <= limit,
      };
    });
    const tie = snap && { place: city.graph.places[snap.node], door: place, access_m: snap.m, access_min: snap.m / profile.walk_speed_m_s / 60, forced: false };
    return {
      place,
      snapped: tie || null,
      ties: tie ? [tie] : [],
      reason: snap ? null : `no walkable street within ${SNAP_LIMIT_M} m`,
      zone, functions: rows, rules,
    };
  }

  function route({ lon, lat, facility: id, profile: profileId }) {
    const { place, profile, snap, times } = fromHere(lon, lat, profileId);
    const facility = city.facilities.find((one) => one.id === Number(id));
    if (!snap || !facility?.snap) return null;
    const line = [facility.place, city.graph.places[facility.snap.node]];
    const streets = [];
    for (let node = facility.snap.node; times.via[node] >= 0; ) {
      const edge = city.graph.edges[times.via[node]];
      const part = edge.v === node ? [...edge.line].reverse() : edge.line;
      line.push(...part.slice(1));
      const seconds = (edge.m * (edge.steps ? 2 : 1)) / profile.walk_speed_m_s;
      if (streets[0]?.name === edge.name) {
        streets[0].m += edge.m;
        streets[0].min += seconds / 60;
      } else streets.unshift({ name: edge.name, m: edge.m, min: seconds / 60 });
      node = edge.v === node ? edge.u : edge.v;
    }
    line.push(place);
    const seconds = times.seconds[facility.snap.node] + facility.snap.m / profile.walk_speed_m_s;
    return {
      type: 'Feature', geometry: { type: 'LineString', coordinates: line.reverse() },
      properties: { facility: facility.id, name: facility.name, min: seconds / 60, m: seconds * profile.walk_speed_m_s, access_m: snap.m + facility.snap.m, streets },
    };
  }

  function reach({ lon, lat, profile: profileId, cutoff_min, what }) {
    const { place, snap, times, profile } = fromHere(lon, lat, profileId);
    if (!snap) return null;
    const circled = (radius) => Object.fromEntries(GROUPS.map((g) => [g.id, tally(city.demand.filter((p) => metersBetween(p.place, place) <= radius), g.id)]));
    const cell = [0.0012, 0.0008];
    const cutoffs = String(cutoff_min).split(',').map(Number).sort((a, b) => b - a);
    return {
      type: 'FeatureCollection',
      features: cutoffs.map((cutoff) => {
        const cells = new Map();
        let meters = 0;
        const lines = [];
        for (const edge of city.graph.edges) {
          if (Math.max(times.seconds[edge.u], times.seconds[edge.v]) > cutoff * 60) continue;
          meters += edge.m;
          lines.push(edge.line);
          for (const [x, y] of edge.line) {
            const c = [Math.floor(x / cell[0]), Math.floor(y / cell[1])];
            cells.set(String(c), c);
          }
        }
        const inside = city.demand.filter((p) => minutesAt(p, times, profile.walk_speed_m_s) <= cutoff);
        return {
          type: 'Feature',
          geometry: what === 'streets' ? { type: 'MultiLineString', coordinates: lines } : { type: 'MultiPolygon', coordinates: outline([...cells.values()], (x, y) => [x * cell[0], y * cell[1]]) },
          properties: { cutoff_min: cutoff, persons: Object.fromEntries(GROUPS.map((g) => [g.id, tally(inside, g.id)])), street_km: meters / 1000, buffer_m: cutoff * 60 * profile.walk_speed_m_s, buffer_persons: circled(cutoff * 60 * profile.walk_speed_m_s) },
        };
      }),
    };
  }

  // Persons not yet covered within the straight-line walk of a node: a stand-in for the true gain.
  function gainAt(query) {
    const cutoff = Number(query.cutoff_min);
    const speed = byId(PROFILES, query.profile).walk_speed_m_s;
    const times = field(query.function, query.profile);
    const left = city.demand.filter((p) => minutesAt(p, times, speed) > cutoff);
    const radius = cutoff * 60 * speed * 0.75;
    return city.graph.places.map((place) => tally(left.filter((p) => metersBetween(p.place, place) <= radius), query.group));
  }

  function gain(query) {
    const gained = gainAt(query);
    const order = gained.map((persons, node) => ({ persons, node })).sort((a, b) => b.persons - a.persons);
    const best = [];
    for (const { persons, node } of order) {
      if (best.length === 5 || persons === 0) break;
      if (best.every((one) => metersBetween(one.place, city.graph.places[node]) > 600)) best.push({ rank: best.length + 1, place: city.graph.places[node], gained_persons: persons });
    }
    return { best, max_gained_persons: order[0]?.persons ?? 0, left_out_persons: tally(city.demand.filter((p) => minutesAt(p, field(query.function, query.profile), byId(PROFILES, query.profile).walk_speed_m_s) > Number(query.cutoff_min)), query.group) };
  }

  const lacks = (point, functions, profile, cutoff) => functions.filter((fn) => minutesAt(point, field(fn, profile), byId(PROFILES, profile).walk_speed_m_s) > cutoff);

  function composite({ functions, profile, group, cutoff_min }) {
    const asked = functions.split(',');
    const rows = city.demand.map((p) => ({ ...p, lacks: lacks(p, asked, profile, Number(cutoff_min)) }));
    const counts = (some) => [...asked.keys(), asked.length].map((count) => tally(some.filter((p) => p.lacks.length === count), group));
    const lack = (some) => {
      const [persons, missing] = [tally(some, group), counts(some)];
      return { persons, no_street_persons: 0, missing_persons: missing, complete_persons: missing[0], share: share(missing[0], persons) };
    };
    return {
      ...lack(rows), profile, group, cutoff_min: Number(cutoff_min), mean_farthest_min: null,
      functions: asked.map((id) => ({ id, recorded: true, missing_persons: tally(rows.filter((p) => p.lacks.includes(id)), group) })),
      zones: city.zones.map(({ properties: { id, name, level } }) => ({ id, name, level, ...lack(rows.filter((p) => p.zone === id)) })),
    };
  }

  function search({ q, limit = 10 }) {
    const holds = (name) => name.toLowerCase().includes(String(q).toLowerCase());
    const zonesFound = city.zones.filter((z) => holds(z.properties.name)).map((z) => ({ kind: 'zone', name: z.properties.name, detail: z.properties.level, place: z.geometry.coordinates[0][0], bounds: [...z.geometry.coordinates[0][0], ...z.geometry.coordinates[0][2]] }));
    const sites = city.facilities.filter((f) => holds(f.name)).map((f) => ({ kind: 'facility', name: f.name, detail: byId(FUNCTIONS, f.function).en, place: f.place }));
    return { results: [...zonesFound, ...sites].slice(0, Number(limit)) };
  }

  const zones = () => ({ type: 'FeatureCollection', features: city.zones });
  return { city, study, coverage, gaps, facilities, zones, why, route, reach, search, gain, gainAt, composite, lacks, field, minutesAt, profiles: PROFILES };
}
