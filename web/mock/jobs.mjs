// Jobs of the mock server: a search that gets better by the second, an audit, and their files. Kept in memory.
import { metersBetween } from './walk.mjs';

const over = (state) => ['done', 'cancelled', 'failed'].includes(state);

/** How many rules came out how. */
function tally(rules) {
  const n = (...outcomes) => rules.filter(({ outcome }) => outcomes.includes(outcome)).length;
  return { judged: n('pass', 'benchmark', 'fail'), met: n('pass', 'benchmark'), benchmark: n('benchmark'), failed: n('fail'), counted_only: n('counted_only'), unverified: n('unverified'), not_recorded: n('not_recorded'), not_assessable: n('not_assessable') };
}

export function jobsOf(library) {
  const kept = new Map();
  let count = 0;
  const told = ({ id, kind, study, state, step, done, total, began, ended, problem, trail }) => ({
    id, kind, study, state, step, done, total, elapsed_s: ((ended ?? Date.now()) - began) / 1000, problem: problem ?? null, trail: trail ?? [],
  });

  function start(kind, seconds, tick, finish) {
    count += 1;
    const job = { id: String(count), kind, study: 'mock', state: 'running', step: 'reaching', done: 0, total: 100, began: Date.now(), trail: [], listeners: new Set() };
    kept.set(job.id, job);
    const say = (event) => job.listeners.forEach((listener) => listener(event, told(job)));
    const end = (state) => {
      Object.assign(job, { state, ended: Date.now(), result: finish(job) });
      say('end');
      clearInterval(timer);
    };
    const timer = setInterval(() => {
      const part = (Date.now() - job.began) / 1000 / seconds;
      job.done = Math.min(100, Math.round(part * 100));
      say(tick(job, part));
      if (job.cancelled) end('cancelled');
      else if (part >= 1) end('done');
    }, 150);
    return job;
  }

  /** Picks the best places of the gain surface one after another; the bound is made up and closes in. */
  function place(ask, fn) {
    const town = library.modelOf(ask.scenario);
    const query = { function: fn.function ?? ask.function ?? 'childcare', profile: ask.profile ?? 'adult', group: ask.group ?? 'all', cutoff_min: ask.cutoff_min ?? 15 };
    const cover = town.coverage(query);
    const most = ask.sites ?? (ask.problem === 'lscp' ? 12 : Math.floor(ask.budget ?? 3));
    const gained = town.gainAt(query);
    const order = gained.map((persons, node) => ({ persons, node })).sort((a, b) => b.persons - a.persons);
    const spots = [];
    for (const one of order) {
      if (spots.length >= 30 || one.persons === 0) break;
      if (!ask.forbidden.includes(`junction-${one.node}`) && spots.every((other) => metersBetween(town.city.graph.places[other.node], town.city.graph.places[one.node]) > 700)) spots.push(one);
    }
    let sum = 0;
    const curve = spots.map(({ node, persons }, i) => {
      const gain = persons / (1 + i * 0.4);
      sum += gain;
      return { sites: i + 1, id: `junction-${node}`, gained_persons: gain, cumulative_persons: sum, share: Math.min(1, (cover.covered_persons + sum) / cover.persons), in_plan: i < most };
    });
    const chosen = curve.slice(0, most);
    const trial = library.create({ name: 'trial' });
    let reached = cover.covered_persons;
    for (const step of chosen) {
      const edit = { edit: 'open_facility', key: step.id, place: town.city.graph.places[Number(step.id.slice(9))], offers: [{ function: query.function }] };
      const now = library.act(trial.id, 'edits', { edit, ...query }).selection.covered_persons;
      Object.assign(step, { gained_persons: now - reached, cumulative_persons: now - cover.covered_persons, share: now / cover.persons });
      reached = now;
    }
    library.remove(trial.id);
    const value = chosen.at(-1)?.cumulative_persons ?? 0;
    const unit = ask.problem === 'lscp' ? 'sites' : 'persons';
    const final = unit === 'sites' ? chosen.length : value;
    const at = (part) => {
      const v = unit === 'sites' ? Math.ceil(final * (1.5 - 0.5 * Math.min(1, part * 1.4))) : final * Math.min(1, 0.7 + part * 0.4);
      const b = unit === 'sites' ? Math.floor(final * (0.6 + 0.4 * Math.min(1, part * 1.1))) : final * Math.max(1, 1.4 - part * 0.45);
      return { value: v, bound: b, gap: Math.abs(b - v) / Math.max(b, v) };
    };
    const tick = (job, part) => {
      if (part < 0.15) return 'progress';
      job.step = 'solving';
      job.trail.push({ s: (Date.now() - job.began) / 1000, ...at(Math.min(1, part)) });
      return 'improvement';
    };
    const finish = (job) => {
      const places = town.city.graph.places;
      const last = job.trail.at(-1) ?? at(0);
      const infeasible = ask.problem === 'lscp' && ask.target_share === 1;
      const sites = infeasible ? [] : chosen.map((step, i) => ({
        order: i + 1, id: step.id, name: '', street: null, zone: town.city.zones[i % town.city.zones.length]?.properties.name ?? null, place: places[Number(step.id.slice(9))], cost: 1,
        phase: ask.yearly_sites ? 1 + (i % ask.yearly_sites.length) : null, year: ask.yearly_sites ? ask.first_year + (i % ask.yearly_sites.length) : null, status: 'candidate', gained_persons: step.gained_persons, cumulative_persons: step.cumulative_persons,
      }));
      return {
        problem: ask.problem, unit, ...last, optimal: !job.cancelled && !infeasible, status: infeasible ? 'infeasible' : job.cancelled ? 'feasible' : 'optimal', reason: infeasible ? '12 homes are beyond the cutoff of every candidate; at most 98.2% can be covered' : null, seconds: 2, persons: cover.persons,
        before: { covered_persons: cover.covered_persons, share: cover.share }, after: { covered_persons: cover.covered_persons + value, share: Math.min(1, (cover.covered_persons + value) / cover.persons) },
        sites, curve,
        phases: (ask.yearly_sites ?? []).map((n, i) => ({ phase: i + 1, year: ask.first_year + i, sites: n, cost: n, gained_persons: value / ask.yearly_sites.length, covered_persons: cover.covered_persons + (value * (i + 1)) / ask.yearly_sites.length, share: (cover.covered_persons + (value * (i + 1)) / ask.yearly_sites.length) / cover.persons, bound_persons: value, gap: 0.004 * (2 - i) })),
        runners_up: curve.slice(most, most + 8).map((step, i) => ({ rank: i + 1, id: step.id, name: '', place: places[Number(step.id.slice(9))], instead_of: chosen.at(-1)?.id ?? null, lost_persons: 20 + i * 40, extra_cost: 0, on_top_persons: step.gained_persons })),
        zones: cover.zones.map((zone, i) => ({ id: zone.id, name: zone.name, level: zone.level, persons: zone.persons, before_share: zone.share, after_share: Math.min(1, (zone.share ?? 0) + 0.1), gained_persons: i % 3 === 0 ? 0 : zone.persons * 0.1 })),
        sensitivity: cover.speeds.map((at) => ({ walk_speed_m_s: at.walk_speed_m_s, before_share: at.share, share: Math.min(1, (at.share ?? 0) + 0.12), gained_persons: cover.persons * 0.12 })),
        candidates: { count: places.length, from: `${places.length} junctions, one in each square of 400 m`, places: places.slice(0, 800).map((p, i) => [`junction-${i}`, ...p]) },
      };
    };
    return start('place', Math.min(4, ask.time_limit_s), tick, finish);
  }

  function audit(ask) {
    const town = library.modelOf(ask.scenario);
    const study = town.study();
    const rules = study.standards.flatMap((standard) => standard.rules.map((rule) => {
      const cover = town.coverage({ function: rule.functions[0], profile: rule.profile, group: rule.group, cutoff_min: rule.cutoff_min ?? 15 });
      const outcome = rule.pass_share === null ? 'not_assessable' : rule.pass_share === 0 ? 'counted_only' : (cover.share ?? 0) >= rule.pass_share ? 'pass' : 'fail';
      return { standard: standard.id, rule: rule.id, en: rule.en, zh: rule.zh, name_en: rule.en, name_zh: rule.zh, functions: rule.functions, profile: rule.profile, group: rule.group, cutoff_min: rule.cutoff_min, cutoff_m: rule.cutoff_m, facilities: cover.facilities, off_network_facilities: 0, persons: cover.persons, covered_persons: cover.covered_persons, left_out_persons: cover.persons - cover.covered_persons, no_street_persons: 0, share: cover.share, judged_share: cover.share, pass_share: rule.pass_share, benchmark_share: null, outcome, verified: rule.verified, source: rule.source, speeds: cover.speeds };
    }));
    return start('audit', 2.4, (job, part) => {
      job.step = part < 0.6 ? 'assessing' : 'writing';
      return 'progress';
    }, () => ({ completeness: { unit: 'persons', persons: 1, no_street_persons: 0, no_street_share: 0, functions: [] }, tally: tally(rules), rules, totals: { unit: 'persons', demand_points: 1, facilities: 1 }, provenance: { study: study.name, study_hash: study.study_hash } }));
  }

  const FILES = ['report.html', 'report.pdf', 'tables.xlsx', 'walkshed.gpkg', 'zones.geojson', 'gaps.geojson', 'facilities.geojson', 'zones.csv', 'audit.json', 'all.zip'];
  const content = (name) => (name === 'all.zip' ? 'PK' : `${name} of ${library.modelOf().study().name}, as the mock writes it\n`.repeat(40));

  return {
    place, audit, told, over,
    all: () => ({ jobs: [...kept.values()].reverse().map(told) }),
    get: (id) => kept.get(id) ?? null,
    cancel: (job) => Object.assign(job, { cancelled: true }),
    content,
    files: () => ({ files: FILES.map((name) => ({ name, bytes: content(name).length, media_type: 'application/octet-stream' })) }),
    accept: (job, { name }) => {
      const made = library.create({ name });
      for (const site of job.result.sites) library.act(made.id, 'edits', { edit: { edit: 'open_facility', key: site.id, name: site.name || `Site ${site.order}`, place: site.place, offers: [{ function: 'childcare' }] }, function: 'childcare', profile: 'adult', group: 'all', cutoff_min: 15 });
      return library.get(made.id);
    },
    verify: () => ({ valid: true, checks: ['the instance: 1391 sites, 13522 homes, 70514 pairs', 'the rules, the value, the bound (optimal)', 'the claims: 1872 homes, each in the list of its site', 'the walks: 1872 newly covered homes walked again from their doors'].map((text) => ({ holds: true, text })) }),
    /** What a CSV with a header and plain commas holds; null where it is none. */
    report: (kind, name, text) => {
      if (text.includes('\u0000')) return null;
      const [header = '', ...rows] = text.trim().split('\n');
      const columns = header.split(',');
      const at = (row, ...names) => Number(row.split(',')[columns.findIndex((column) => names.includes(column))] || NaN);
      const kept = rows.filter((row) => Number.isFinite(at(row, 'lon', '经度')) && Number.isFinite(at(row, 'lat', '纬度'))).length;
      const skipped = rows.length - kept;
      return {
        token: 'u1', layer: name, kind, read: rows.length, kept, skipped, crs: { name: 'WGS 84', detected: true }, encoding: 'UTF-8',
        columns: columns.map((column) => ({ header: column, meaning: ['id', 'name', 'lon', 'lat', 'function', 'cost'].includes(column) ? column : null })),
        functions: kind === 'facilities' ? [{ id: 'childcare', count: kept }] : [],
        issues: skipped === 0 ? [] : [{ kind: 'geometry_missing', count: skipped, example: 'row 3', reason: 'no coordinates; left out' }],
        preview: { type: 'FeatureCollection', features: [] },
      };
    },
  };
}
