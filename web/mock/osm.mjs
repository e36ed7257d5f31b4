// A real city for the mock server, from GeoJSON text sequences as written by
//   osmium export CITY.osm.pbf -f geojsonseq -x print_record_separator=false -a type,id -o CITY.geojsonseq
import { readFileSync } from 'node:fs';
import { contains, metersBetween } from './walk.mjs';

const MAJOR = /^(trunk|primary|secondary|tertiary)(_link)?$/;
const PATHS = /^(footway|path|cycleway|bridleway|pedestrian|track)$/;
const NO_WALKING = /^(motorway|motorway_link|construction|proposed|raceway)$/;
const GREEN = /^(wood|scrub|heath|grassland|forest|grass|meadow|park|garden|golf_course|nature_reserve|cemetery|recreation_ground|pitch)$/;
const HOMES = /^(yes|house|residential|detached|apartments|terrace|semidetached_house|bungalow)$/;

const FUNCTION_OF = [
  ['childcare', (p) => /^(kindergarten|childcare|school)$/.test(p.amenity)],
  ['eldercare', (p) => /^(social_facility|nursing_home)$/.test(p.amenity)],
  ['health', (p) => /^(doctors|clinic|pharmacy|hospital|dentist)$/.test(p.amenity)],
  ['culture', (p) => /^(library|community_centre|theatre|arts_centre)$/.test(p.amenity)],
  ['meals', (p) => /^(restaurant|cafe|fast_food)$/.test(p.amenity)],
  ['convenience', (p) => /^(supermarket|convenience|greengrocer)$/.test(p.shop)],
];

const feature = (geometry, properties) => ({ type: 'Feature', geometry, properties });

function middle(geometry) {
  if (geometry.type === 'Point') return geometry.coordinates;
  const ring = geometry.type === 'Polygon' ? geometry.coordinates[0] : geometry.coordinates[0][0];
  const sum = ring.reduce((a, p) => [a[0] + p[0], a[1] + p[1]], [0, 0]);
  return [sum[0] / ring.length, sum[1] / ring.length];
}

export function osmCity(path, name) {
  const city = { name, language: 'en', water: [], green: [], rail: [], building: [], street: [], boundary: [], place: [], zones: [], facilities: [], demand: [] };
  const ways = [];
  const homes = [];
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    if (line === '') continue;
    const { geometry, properties: p } = JSON.parse(line);
    const polygon = geometry.type.endsWith('Polygon');
    if (geometry.type === 'LineString') lineFeature(city, ways, geometry, p);
    if (polygon) areaFeature(city, homes, geometry, p);
    if (geometry.type === 'Point' && /^(city|town|village|hamlet|suburb)$/.test(p.place)) {
      city.place.push(feature(geometry, { name: p.name, kind: p.place }));
    }
    const kind = geometry.type === 'LineString' ? undefined : FUNCTION_OF.find(([, test]) => test(p))?.[0];
    if (kind) {
      const id = city.facilities.length;
      city.facilities.push({ id, key: `${p['@type']}/${p['@id']}`, name: p.name ?? '', function: kind, place: middle(geometry) });
    }
  }
  const graph = graphOf(city, ways);
  city.demand = homes.map((place) => ({ place, persons: 7 }));
  return { ...city, graph };
}

function lineFeature(city, ways, geometry, p) {
  if (p.railway === 'rail' || p.railway === 'narrow_gauge') city.rail.push(feature(geometry, {}));
  if (p.highway && !NO_WALKING.test(p.highway) && p.access !== 'private') ways.push({ line: geometry.coordinates, p });
}

function areaFeature(city, homes, geometry, p) {
  if (p.building) {
    city.building.push(feature(geometry, {}));
    if (HOMES.test(p.building)) homes.push(middle(geometry));
  }
  if (p.natural === 'water' || p.landuse === 'reservoir') city.water.push(feature(geometry, { kind: 'water' }));
  const kind = p.leisure ?? p.natural ?? p.landuse;
  if (kind && GREEN.test(kind)) city.green.push(feature(geometry, { kind }));
  if (p.boundary === 'administrative' && p.admin_level === '8' && p['@type'] === 'relation') {
    city.zones.push(feature(geometry, { id: `r${p['@id']}`, name: p.name, level: 'district', parent: null }));
  }
}

function graphOf(city, ways) {
  const places = [];
  const ids = new Map();
  const uses = new Map();
  for (const way of ways) for (const place of way.line) uses.set(String(place), (uses.get(String(place)) ?? 0) + 1);
  const nodeAt = (place) => {
    const key = String(place);
    if (!ids.has(key)) {
      ids.set(key, places.length);
      places.push(place);
    }
    return ids.get(key);
  };
  const edges = [];
  for (const { line, p } of ways) {
    const kind = p.highway === 'steps' ? 'steps' : MAJOR.test(p.highway) ? 'major' : PATHS.test(p.highway) ? 'path' : 'minor';
    city.street.push(feature({ type: 'LineString', coordinates: line }, { class: kind, name: p.name ?? '' }));
    let part = [line[0]];
    for (let i = 1; i < line.length; i += 1) {
      part.push(line[i]);
      if (i < line.length - 1 && uses.get(String(line[i])) === 1 && part.length < 6) continue;
      const m = part.slice(1).reduce((sum, place, j) => sum + metersBetween(part[j], place), 0);
      edges.push({ u: nodeAt(part[0]), v: nodeAt(line[i]), m, steps: kind === 'steps', name: p.name ?? '', line: part });
      part = [line[i]];
    }
  }
  return { places, edges };
}
