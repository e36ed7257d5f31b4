// A made-up town for the mock server: a river, a park, bent streets, districts. Seeded, so it is always the same.
import { metersBetween } from './walk.mjs';

const ORIGIN = [118.62, 24.9];
const STEP_LON = 0.0016;
const STEP_LAT = 0.0014;
const COLUMNS = 46;
const ROWS = 34;

function random(seed) {
  let s = seed >>> 0;
  return () => {
    s = (Math.imul(s, 1664525) + 1013904223) >>> 0;
    return s / 4294967296;
  };
}

const feature = (geometry, properties) => ({ type: 'Feature', geometry, properties });
const riverRow = (column) => 15 + 4 * Math.sin(column / 8);

export function town() {
  const roll = random(7);
  const graph = { places: [], edges: [] };
  const at = (c, r) => c * ROWS + r;
  for (let c = 0; c < COLUMNS; c += 1) {
    for (let r = 0; r < ROWS; r += 1) {
      const bend = 0.25 * Math.sin(r / 5) + 0.18 * Math.sin(c / 4);
      graph.places.push([
        ORIGIN[0] + (c + bend + (roll() - 0.5) * 0.25) * STEP_LON,
        ORIGIN[1] + (r + 0.2 * Math.sin(c / 6) + (roll() - 0.5) * 0.25) * STEP_LAT,
      ]);
    }
  }
  const street = [];
  const link = (u, v, name, kind) => {
    const line = [graph.places[u], graph.places[v]];
    const m = metersBetween(line[0], line[1]);
    graph.edges.push({ u, v, m, steps: kind === 'steps', name, line });
    street.push(feature({ type: 'LineString', coordinates: line }, { class: kind, name }));
  };
  for (let c = 0; c < COLUMNS; c += 1) {
    for (let r = 0; r < ROWS; r += 1) {
      const bridge = c % 9 === 4;
      const river = Math.abs(r - riverRow(c)) < 1;
      const kindOf = (index) => (index % 9 === 4 ? 'major' : index % 3 === 1 ? 'path' : 'minor');
      if (c + 1 < COLUMNS && !river && (r % 9 === 4 || roll() > 0.12)) {
        link(at(c, r), at(c + 1, r), `${r + 1} Lane`, roll() > 0.985 ? 'steps' : kindOf(r));
      }
      const crosses = river || Math.abs(r + 1 - riverRow(c)) < 1;
      if (r + 1 < ROWS && (bridge || (!crosses && roll() > 0.12))) {
        link(at(c, r), at(c, r + 1), `${c + 1} Street`, kindOf(c));
      }
    }
  }
  return { ...dressed(roll, graph), name: 'Mock town', language: 'zh', graph, street };
}

function dressed(roll, graph) {
  const place = (c, r) => [ORIGIN[0] + c * STEP_LON, ORIGIN[1] + r * STEP_LAT];
  const bank = (side) =>
    Array.from({ length: 48 }, (_, i) => place(i - 1, riverRow(i - 1) + side * 0.7 + 0.2 * Math.sin((i - 1) / 6)));
  const water = [feature({ type: 'Polygon', coordinates: [[...bank(-1), ...bank(1).reverse(), bank(-1)[0]]] }, { kind: 'river' })];
  const box = (c, r, w, h) => [[place(c, r), place(c + w, r), place(c + w, r + h), place(c, r + h), place(c, r)]];
  const green = [
    feature({ type: 'Polygon', coordinates: box(20.2, 22.2, 4.6, 3.6) }, { kind: 'park' }),
    feature({ type: 'Polygon', coordinates: box(36, 4, 8, 5) }, { kind: 'wood' }),
    feature({ type: 'Polygon', coordinates: box(5.2, 6.2, 2.6, 2.6) }, { kind: 'park' }),
  ];
  const zones = [];
  for (let i = 0; i < 4; i += 1) {
    for (let j = 0; j < 3; j += 1) {
      const name = ['Lion', 'Harbor', 'Temple', 'Garden', 'Bridge', 'Market'][(i * 3 + j) % 6] + ` ${i + 1}-${j + 1}`;
      const ring = box(i * 11.5 - 0.5, j * 11.5 - 0.5, 11.5, 11.5);
      zones.push(feature({ type: 'Polygon', coordinates: ring }, { id: `z${i}${j}`, name, level: 'community', parent: null }));
    }
  }
  const building = [];
  const demand = [];
  for (const [lon, lat] of graph.places) {
    if (roll() > 0.72) continue;
    const w = 0.0002 + roll() * 0.0003;
    const h = 0.0002 + roll() * 0.0002;
    const x = lon + 0.0003;
    const y = lat + 0.0003;
    const ring = [[x, y], [x + w, y], [x + w, y + h], [x, y + h], [x, y]];
    building.push(feature({ type: 'Polygon', coordinates: [ring] }, {}));
    demand.push({ place: [x + w / 2, y + h / 2], persons: Math.round(20 + roll() * 160) });
  }
  const facilities = [];
  const sites = { childcare: 5, eldercare: 7, meals: 9, health: 4, culture: 3, convenience: 26 };
  for (const [name, count] of Object.entries(sites)) {
    for (let i = 0; i < count; i += 1) {
      const node = graph.places[Math.floor(roll() * roll() * graph.places.length)];
      const id = facilities.length;
      facilities.push({ id, key: `${name}-${i}`, name: `${name} ${i + 1}`, function: name, place: [node[0] + 1e-4, node[1] + 1e-4] });
    }
  }
  const placeNames = zones.map((zone) => {
    const ring = zone.geometry.coordinates[0];
    return feature(
      { type: 'Point', coordinates: [(ring[0][0] + ring[2][0]) / 2, (ring[0][1] + ring[2][1]) / 2] },
      { name: zone.properties.name, kind: 'suburb' },
    );
  });
  return { water, green, zones, building, demand, facilities, rail: [], boundary: [], place: placeNames };
}
