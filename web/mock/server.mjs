// A stand-in for `walkshed serve` while working on the page: serves web/dist and plausible answers. Not shipped.
//   node mock/server.mjs                       a made-up town
//   MOCK_CITY=city.geojsonseq MOCK_NAME=… node mock/server.mjs    a real one, see mock/osm.mjs
import { readFileSync, existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { GeoJSONVT } from '@maplibre/geojson-vt';
import { fromGeojsonVt } from '@maplibre/vt-pbf';
import { jobsOf } from './jobs.mjs';
import { library } from './library.mjs';
import { osmCity } from './osm.mjs';
import { town } from './town.mjs';

const PORT = Number(process.env.PORT ?? 8787);
const DIST = join(dirname(fileURLToPath(import.meta.url)), '..', 'dist');
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.mjs': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.json': 'application/json' };

const city = process.env.MOCK_CITY ? osmCity(process.env.MOCK_CITY, process.env.MOCK_NAME ?? 'A city') : town();
const kept = library(city);
const work = jobsOf(kept);
const mock = kept.modelOf();
const READ_ONLY = process.env.MOCK_READ_ONLY === '1';

const feature = (geometry, properties) => ({ type: 'Feature', geometry, properties });
const tiled = (features, maxZoom = 16) => new GeoJSONVT({ type: 'FeatureCollection', features }, { maxZoom, buffer: 64, tolerance: 2, indexMaxZoom: 5 });

const base = {
  water: tiled(city.water), green: tiled(city.green), rail: tiled(city.rail), building: tiled(city.building),
  street: tiled(city.street), boundary: tiled(city.boundary), place: tiled(city.place), zone: tiled(city.zones),
};
const FROM_ZOOM = { building: 13, street: 8 };
const timed = new WeakMap();

function timeLayers(town, fn, profile) {
  if (!timed.has(town)) timed.set(town, new Map());
  return layersFor(town, timed.get(town), fn, profile);
}

function layersFor(mock, timed, fn, profile) {
  const { city } = mock;
  const key = `${fn}/${profile}`;
  if (!timed.has(key)) {
    const times = mock.field(fn, profile);
    const speed = mock.profiles.find((p) => p.id === profile).walk_speed_m_s;
    const tenth = (seconds) => Math.ceil(seconds / 6) / 10;
    const streets = city.graph.edges.map((edge) => {
      const [a, b] = [times.seconds[edge.u], times.seconds[edge.v]];
      const known = Number.isFinite(a) && Number.isFinite(b);
      return feature({ type: 'LineString', coordinates: edge.line }, known ? { min_a: tenth(Math.min(a, b)), min: tenth(Math.max(a, b)) } : {});
    });
    const demand = city.demand.map((point) => {
      const min = mock.minutesAt(point, times, speed);
      return feature({ type: 'Point', coordinates: point.place }, { persons: point.persons, ...(Number.isFinite(min) ? { min: tenth(min * 60) } : {}) });
    });
    timed.set(key, { street_time: tiled(streets), demand: tiled(demand) });
  }
  return timed.get(key);
}

function tile(layers, [z, x, y]) {
  const found = {};
  for (const [name, index] of Object.entries(layers)) {
    if (z < (FROM_ZOOM[name] ?? 0)) continue;
    const got = index.getTile(z, x, y);
    if (got && got.features.length > 0) found[name] = got;
  }
  return Object.keys(found).length > 0 ? Buffer.from(fromGeojsonVt(found, { version: 2 })) : null;
}

function send(request, response, status, type, body) {
  const zip = body !== null && String(request.headers['accept-encoding'] ?? '').includes('gzip');
  response.writeHead(status, { ...(body === null ? {} : { 'content-type': type }), ...(zip ? { 'content-encoding': 'gzip' } : {}) });
  response.end(zip ? gzipSync(body) : body);
}

const problem = (status, title, detail) => ({ status, type: 'application/problem+json', body: { type: 'about:blank', title, status, detail } });
const json = (body) => ({ status: 200, type: 'application/json', body });

const RESULTS = ['gain', 'composite', 'coverage', 'gaps', 'zones', 'facilities', 'why', 'route', 'reach', 'search'];
const missing = (detail) => problem(404, 'not here', detail);

function result(name, query) {
  const known = mock.study();
  for (const [key, list] of [['function', known.functions], ['profile', known.profiles], ['group', known.groups]]) {
    if (query[key] !== undefined && !list.some((item) => item.id === query[key])) {
      return problem(404, `unknown ${key}`, `${key} "${query[key]}" is not in this study; known: ${list.map((i) => i.id).join(', ')}`);
    }
  }
  const town = kept.modelOf(query.scenario);
  if (town === null) return missing(`scenario ${query.scenario}`);
  const body = town[name](query);
  return body === null ? problem(422, 'no way there', 'this place has no walkable street nearby, or no walk leads there') : json(body);
}

function scenarios(method, [id, act], body) {
  if (READ_ONLY && method !== 'GET') return problem(403, 'read only', 'this server refuses every change');
  if (id === undefined) return method === 'POST' ? { ...json(kept.create(body)), status: 201 } : json(kept.list());
  if (act === 'history') return json(kept.history(id));
  if (act !== undefined) {
    const done = kept.act(id, act, body);
    return done.refused ? problem(422, 'the edit cannot be made', done.refused) : json(done);
  }
  if (kept.get(id) === null) return missing(`scenario ${id}`);
  if (method === 'DELETE') {
    kept.remove(id);
    return { status: 204, type: 'application/json', body: null };
  }
  return json(method === 'PATCH' ? kept.describe(id, body) : kept.get(id));
}

function jobs(method, [id, act, name], body) {
  if (id === undefined) return json(work.all());
  const job = work.get(id);
  if (job === null) return missing(`job ${id}`);
  if (method === 'DELETE') return { ...json(work.told(work.cancel(job))), status: 202 };
  if (act === 'result') return job.result ? json(job.result) : problem(409, 'not over', 'the job has not ended');
  if (act === 'files' && name !== undefined) return { status: 200, type: 'application/octet-stream', body: work.content(name) };
  if (act === 'files') return json(work.files());
  if (act === 'accept') return { ...json(work.accept(job, body)), status: 201 };
  if (act === 'verify') return json(work.verify());
  return json(work.told(job));
}

/** Events of a job until it ends. */
function events(job, response) {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  const say = (name, told) => {
    response.write(`event: ${name}\ndata: ${JSON.stringify(told)}\n\n`);
    if (work.over(told.state)) response.end();
  };
  job.listeners.add(say);
  response.on('close', () => job.listeners.delete(say));
  say(work.over(job.state) ? 'end' : 'progress', work.told(job));
}

function api(method, path, query, body) {
  const known = mock.study();
  if (path === 'studies') return json({ studies: [{ id: known.id, name: known.name, state: 'open' }], read_only: READ_ONLY, version: known.version, languages: ['en', 'zh'] });
  const [root, id, name, ...rest] = path.split('/');
  if (root === 'jobs') return jobs(method, [id, name, ...rest], body);
  if (root !== 'studies' || id !== known.id) return missing(path);
  if (name === undefined) return json(known);
  if (name === 'compare') return json(kept.compare(query, rest[0] === 'points'));
  if (name === 'scenarios') return scenarios(method, rest, body);
  if (name === 'place' || name === 'audit') return { ...json({ id: work[name](body, { function: (body.rule ?? '').split('/')[1] ? 'childcare' : undefined }).id }), status: 202 };
  // No events: nobody else is here.
  if (name === 'events') return { status: 204, type: 'application/json', body: null };
  if (name === 'layers' && method === 'DELETE') return { status: 204, type: 'application/json', body: null };
  if (name === 'layers' && rest[1] === 'accept') return { ...json({ id: work.audit({}).id }), status: 202 };
  if (name === 'layers') {
    const report = work.report(query.kind, query.name, body);
    return report === null ? problem(422, 'the file cannot be read', 'it is neither CSV nor GeoJSON') : json(report);
  }
  return RESULTS.includes(name) ? result(name, query) : missing(path);
}

async function bodyOf(request) {
  let text = '';
  for await (const part of request) text += part;
  if (!String(request.headers['content-type']).includes('json')) return text === '' ? {} : text;
  return text === '' ? {} : JSON.parse(text);
}

async function answer(request, response) {
  const url = new URL(request.url, 'http://localhost');
  const gainMatch = /^\/tiles\/[^/]+\/gain\/([^/]+)\/([^/]+)\/([^/]+)\/(\d+)\/(\d+)\/(\d+)\/(\d+)\.mvt$/.exec(url.pathname);
  if (gainMatch) {
    const [, fn, profile, group, cutoff_min, ...zxy] = gainMatch;
    const town = kept.modelOf(url.searchParams.get('scenario') ?? undefined) ?? mock;
    const gained = town.gainAt({ function: fn, profile, group, cutoff_min });
    const lines = town.city.graph.edges.map((edge) => feature({ type: 'LineString', coordinates: edge.line }, { gained_persons: Math.max(gained[edge.u], gained[edge.v]) }));
    const bytes = tile({ gain: tiled(lines) }, zxy.map(Number));
    return send(request, response, bytes ? 200 : 204, 'application/vnd.mapbox-vector-tile', bytes);
  }
  const lackMatch = /^\/tiles\/[^/]+\/composite\/([^/]+)\/([^/]+)\/(\d+)\/(\d+)\/(\d+)\/(\d+)\.mvt$/.exec(url.pathname);
  if (lackMatch) {
    const [, functions, profile, cutoff, ...zxy] = lackMatch;
    const town = kept.modelOf(url.searchParams.get('scenario') ?? undefined) ?? mock;
    const points = town.city.demand.map((p) => feature({ type: 'Point', coordinates: p.place }, { persons: p.persons, missing: town.lacks(p, decodeURIComponent(functions).split(','), profile, Number(cutoff)).length }));
    const bytes = tile({ composite: tiled(points) }, zxy.map(Number));
    return send(request, response, bytes ? 200 : 204, 'application/vnd.mapbox-vector-tile', bytes);
  }
  const tileMatch = /^\/tiles\/[^/]+\/(?:base|time\/([^/]+)\/([^/]+))\/(\d+)\/(\d+)\/(\d+)\.mvt$/.exec(url.pathname);
  if (tileMatch) {
    const [, fn, profile, ...zxy] = tileMatch;
    const bytes = tile(fn ? timeLayers(kept.modelOf(url.searchParams.get('scenario') ?? undefined) ?? mock, fn, profile) : base, zxy.map(Number));
    return send(request, response, bytes ? 200 : 204, 'application/vnd.mapbox-vector-tile', bytes);
  }
  const eventMatch = /^\/api\/v1\/jobs\/([^/]+)\/events$/.exec(url.pathname);
  if (eventMatch && work.get(eventMatch[1])) return events(work.get(eventMatch[1]), response);
  if (url.pathname.startsWith('/api/v1/')) {
    const result = api(request.method, url.pathname.slice(8), Object.fromEntries(url.searchParams), await bodyOf(request));
    return send(request, response, result.status, result.type, result.body === null || typeof result.body === 'string' ? result.body : JSON.stringify(result.body));
  }
  const path = normalize(url.pathname === '/' ? '/index.html' : url.pathname);
  const file = join(DIST, path);
  if (!file.startsWith(DIST) || !existsSync(file)) return send(request, response, 404, 'text/plain', 'not found');
  return send(request, response, 200, TYPES[extname(file)] ?? 'application/octet-stream', readFileSync(file));
}

createServer(async (request, response) => {
  try {
    await answer(request, response);
  } catch (error) {
    console.error(error);
    send(request, response, 500, 'application/problem+json', JSON.stringify({ type: 'about:blank', title: 'mock failed', status: 500, detail: String(error) }));
  }
}).listen(PORT, '127.0.0.1', () => console.log(`mock of walkshed on http://127.0.0.1:${PORT}`));
