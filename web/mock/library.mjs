// Scenarios of the mock server: edits over the town, undone and redone, each state a town of its own. Kept in memory.
import { model } from './model.mjs';
import { metersBetween } from './walk.mjs';

const away = (a, b) => metersBetween(a, b);

/** The town after an edit; null when the edit cannot be made. */
function edited(city, edit, nextId) {
  const at = (key) => city.facilities.findIndex((facility) => facility.key === key);
  const put = (i, change) => ({ ...city, facilities: city.facilities.map((f, j) => (j === i ? { ...f, ...change } : f)) });
  const nearestEdge = (place) => city.graph.edges.reduce((best, edge, i) => {
    const m = away(place, edge.line[0]) + away(place, edge.line.at(-1)) - edge.m;
    return m < best.m ? { m, i } : best;
  }, { m: Infinity, i: -1 }).i;
  switch (edit.edit) {
    case 'open_facility': {
      const made = edit.offers.map((offer, i) => ({ id: nextId + i, key: edit.key, name: edit.name ?? '', function: offer.function, place: edit.place, change: 'opened' }));
      return { ...city, facilities: [...city.facilities, ...made] };
    }
    case 'close_facility':
      return at(edit.facility) < 0 ? null : put(at(edit.facility), { change: 'closed' });
    case 'move_facility':
      return at(edit.facility) < 0 ? null : put(at(edit.facility), { place: edit.place, change: city.facilities[at(edit.facility)].change === 'opened' ? 'opened' : 'moved' });
    case 'upgrade_facility':
      return at(edit.facility) < 0 ? null : put(at(edit.facility), { change: 'upgraded' });
    case 'close_street':
      return { ...city, graph: { ...city.graph, edges: city.graph.edges.filter((_, i) => i !== nearestEdge(edit.place)) } };
    case 'open_gate': {
      const [a, b] = edit.sides.map((side) => city.graph.places.reduce((best, place, i) => (away(place, side) < best.m ? { m: away(place, side), i } : best), { m: Infinity, i: -1 }).i);
      if (a === b) return null;
      const line = [city.graph.places[a], city.graph.places[b]];
      return { ...city, graph: { ...city.graph, edges: [...city.graph.edges, { u: a, v: b, m: away(...line), steps: false, name: 'gate', line }] } };
    }
    default:
      return null;
  }
}

export function library(city) {
  const baseline = model(city);
  const kept = new Map();
  let count = 0;
  const now = () => new Date().toISOString();
  const head = ({ id, name, notes, done, revision, created, changed }) => ({ id, name, notes, edits: done.length, revision, created, changed });
  const whole = (scenario) => ({ ...head(scenario), edits: scenario.done, can_undo: scenario.done.length > 0, can_redo: scenario.undone.length > 0 });
  const apply = (edits) => edits.reduce((town, edit, i) => town && edited(town, edit, city.facilities.length + 10 * i), city);
  const put = (scenario, what, edit = null) => {
    scenario.revision += 1;
    scenario.changed = now();
    scenario.model = scenario.done.length === 0 ? baseline : model(apply(scenario.done));
    scenario.history.push({ revision: scenario.revision, at: scenario.changed, what, edit, summary: `${what} ${edit?.edit ?? ''}`.trim() });
  };
  const modelOf = (id) => (id === undefined || id === 'baseline' ? baseline : (kept.get(id)?.model ?? null));
  const timesOf = (town, { function: fn, profile }) => {
    const times = town.field(fn, profile);
    const tenth = (seconds) => (Number.isFinite(seconds) ? Math.ceil(seconds / 6) / 10 : null);
    return new Map(town.city.graph.edges.map((edge) => [`${edge.u}-${edge.v}`, [edge, tenth(Math.max(times.seconds[edge.u], times.seconds[edge.v]))]]));
  };
  function effect(before, after, scenario, query) {
    const base = baseline.coverage(query);
    const cover = after.coverage(query);
    const from = timesOf(before, query);
    const streets = [...timesOf(after, query)].filter(([key, [, min]]) => from.get(key)?.[1] !== min).slice(0, 4000);
    const difference = cover.covered_persons - base.covered_persons;
    return {
      revision: scenario.revision, can_undo: scenario.done.length > 0, can_redo: scenario.undone.length > 0, edit_count: scenario.done.length,
      gained_persons: Math.max(0, difference), lost_persons: Math.max(0, -difference),
      selection: { persons: cover.persons, covered_persons: cover.covered_persons, share: cover.share, zones: cover.zones.map(({ id, covered_persons, share }) => ({ id, covered_persons, share })) },
      rules: [],
      obstacle: null,
      streets: { type: 'FeatureCollection', features: streets.map(([, [edge, min]]) => ({ type: 'Feature', geometry: { type: 'LineString', coordinates: edge.line }, properties: { min } })) },
    };
  }
  const refused = { refused: 'the edit names a facility or a place that is not here' };
  const acts = {
    edits: (scenario, { edit, ...query }) => {
      if (!apply([...scenario.done, edit])) return refused;
      const before = scenario.model;
      Object.assign(scenario, { done: [...scenario.done, edit], undone: [] });
      put(scenario, 'edit', edit);
      return effect(before, scenario.model, scenario, query);
    },
    undo: (scenario, query) => {
      const before = scenario.model;
      const edit = scenario.done.at(-1);
      Object.assign(scenario, { done: scenario.done.slice(0, -1), undone: [...scenario.undone, edit] });
      put(scenario, 'undo', edit);
      return effect(before, scenario.model, scenario, query);
    },
    redo: (scenario, query) => {
      const before = scenario.model;
      const edit = scenario.undone.at(-1);
      Object.assign(scenario, { done: [...scenario.done, edit], undone: scenario.undone.slice(0, -1) });
      put(scenario, 'redo', edit);
      return effect(before, scenario.model, scenario, query);
    },
    preview: (scenario, { edit, ...query }) => {
      const town = apply([...scenario.done, edit]);
      return town ? effect(scenario.model, model(town), scenario, query) : refused;
    },
    restore: (scenario) => whole(Object.assign(scenario, { gone: false })),
  };
  // Two states point by point: who changes sides, and where.
  function compare({ a, b, ...query }, wantsPoints) {
    const [before, after] = [modelOf(a), modelOf(b)];
    const [from, to] = [before.coverage(query), after.coverage(query)];
    const at = (town, p) => {
      const min = town.minutesAt(p, town.field(query.function, query.profile), town.profiles.find(({ id }) => id === query.profile).walk_speed_m_s);
      return Number.isFinite(min) ? min : null;
    };
    const within = (min) => min !== null && min <= Number(query.cutoff_min);
    const rows = city.demand.map((p) => ({ ...p, before_min: at(before, p), after_min: at(after, p) })).filter((p) => within(p.before_min) !== within(p.after_min));
    const side = (p) => (within(p.after_min) ? 'gained' : 'lost');
    if (wantsPoints) return { type: 'FeatureCollection', features: rows.map((p) => ({ type: 'Feature', geometry: { type: 'Point', coordinates: p.place }, properties: { change: side(p), before_min: p.before_min, after_min: p.after_min, persons: p.persons } })) };
    const sum = (some, change) => some.filter((p) => side(p) === change).reduce((all, p) => all + p.persons, 0);
    const parts = (some) => ({ gained_persons: sum(some, 'gained'), lost_persons: sum(some, 'lost') });
    const head = (id, { covered_persons, share }) => ({ name: kept.get(id)?.name ?? null, covered_persons, share });
    return {
      a: head(a, from), b: head(b, to), ...parts(rows), rules: [],
      groups: baseline.study().groups.map(({ id }) => ({ id, before_share: from.share, after_share: to.share, ...parts(rows) })),
      zones: from.zones.map(({ id, name, level, share }, i) => ({ id, name, level, before_share: share, after_share: to.zones[i].share, ...parts(rows.filter((p) => p.zone === id)) })),
    };
  }
  return {
    modelOf,
    compare,
    list: () => ({ scenarios: [...kept.values()].filter(({ gone }) => !gone).map(head) }),
    create: ({ name, notes = '', from }) => {
      count += 1;
      const id = `s${count}`;
      const scenario = { id, name, notes, done: [...(kept.get(from)?.done ?? [])], undone: [], revision: 0, created: now(), changed: now(), history: [], gone: false };
      put(scenario, 'create');
      kept.set(id, scenario);
      return whole(scenario);
    },
    get: (id) => (kept.get(id) && !kept.get(id).gone ? whole(kept.get(id)) : null),
    describe: (id, text) => whole(Object.assign(kept.get(id), text)),
    remove: (id) => Object.assign(kept.get(id), { gone: true }),
    history: (id) => ({ entries: kept.get(id).history }),
    act: (id, what, body) => {
      const empty = { done: [], undone: [], revision: 0, model: baseline };
      return acts[what](id === 'baseline' ? empty : kept.get(id), body);
    },
  };
}
