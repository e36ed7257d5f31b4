// Answers of the server as the map wants them.
import type { Feature, FeatureCollection, Geometry, Position } from 'geojson';
import type { Edit } from '../api/scenario-types';
import type { Gaps, LonLat, Reach, ReachStreets, Route, Why } from '../api/types';

export const NOTHING: FeatureCollection = { type: 'FeatureCollection', features: [] };
export type Bounds = [number, number, number, number];

/** The ranked points of the gaps, for their badges. */
export function gapPoints(gaps: Gaps): FeatureCollection {
  return collection(gaps.features.map(({ properties }) => point([properties.lon, properties.lat], { rank: properties.rank })));
}

/** The pin, every place where it meets a street, and the access legs between. */
export function pinShapes(place: LonLat | null, why: Why | null): FeatureCollection {
  if (place === null) return NOTHING;
  const features: Feature[] = [];
  for (const { door, place: foot, forced } of why?.ties ?? []) {
    const coordinates = why !== null && door.join() !== why.place.join() ? [why.place, door, foot] : [door, foot];
    features.push({ type: 'Feature', geometry: { type: 'LineString', coordinates }, properties: { forced } }, point(foot, { kind: 'snapped' }));
  }
  return collection([...features, point(place, { kind: 'pin' })]);
}

/** Isochrones, largest first, each with the number of its color band. */
export function reachShapes(reach: Reach | null): FeatureCollection {
  if (reach === null) return NOTHING;
  const cutoffs = reach.features.map((f) => f.properties.cutoff_min).sort((a, b) => a - b);
  return collection(reach.features.map((f) => ({ ...f, properties: { ...f.properties, band: cutoffs.indexOf(f.properties.cutoff_min) } })));
}

/** Street parts within reach, each with the number of its color band, the nearest on top. */
export function reachStreetShapes(streets: ReachStreets | null): FeatureCollection {
  if (streets === null) return NOTHING;
  const cutoffs = streets.features.map((f) => f.properties.cutoff_min).sort((a, b) => a - b);
  return collection(streets.features.map((f) => ({ ...f, properties: { band: cutoffs.indexOf(f.properties.cutoff_min) } })));
}

const METERS_PER_DEGREE = 111_195;
const CIRCLE_CORNERS = 72;

/** The straight-line circles that go with the isochrones, around where these set out. */
export function circleShapes(reach: Reach | null, around: LonLat | null): FeatureCollection {
  if (around === null) return NOTHING;
  const [lon, lat] = around;
  const ring = (meters: number) =>
    Array.from({ length: CIRCLE_CORNERS + 1 }, (_, i): Position => {
      const turn = (i / CIRCLE_CORNERS) * 2 * Math.PI;
      const north = (meters / METERS_PER_DEGREE) * Math.cos(turn);
      const east = ((meters / METERS_PER_DEGREE) * Math.sin(turn)) / Math.cos((lat * Math.PI) / 180);
      return [lon + east, lat + north];
    });
  return collection((reach?.features ?? []).map(({ properties }) => ({ type: 'Feature', geometry: { type: 'LineString', coordinates: ring(properties.buffer_m) }, properties: {} })));
}

export function routeShapes(route: Route | null): FeatureCollection {
  return route === null ? NOTHING : collection([route]);
}

/** The gates and closed streets of a scenario, and a gate's first side while the second is awaited. */
export function editShapes(edits: readonly Edit[], firstSide: LonLat | null): FeatureCollection {
  const features = edits.flatMap((edit): Feature[] => {
    if (edit.edit === 'close_street') return [point(edit.place, { kind: 'closed-street' })];
    if (edit.edit === 'open_barrier') return [point(edit.place, { kind: 'side' })];
    if (edit.edit === 'open_gate') {
      const line: Feature = { type: 'Feature', geometry: { type: 'LineString', coordinates: edit.sides }, properties: { kind: 'gate' } };
      return [line, ...edit.sides.map((side) => point(side, { kind: 'side' }))];
    }
    return [];
  });
  return collection(firstSide === null ? features : [...features, point(firstSide, { kind: 'side' })]);
}

/** West, south, east, north of a geometry; null when it is empty. */
export function boundsOf(geometry: Geometry): Bounds | null {
  const bounds: Bounds = [Infinity, Infinity, -Infinity, -Infinity];
  const visit = (value: Position | Position[] | Position[][] | Position[][][]): void => {
    const [x, y] = value;
    if (typeof x === 'number' && typeof y === 'number') {
      bounds[0] = Math.min(bounds[0], x);
      bounds[1] = Math.min(bounds[1], y);
      bounds[2] = Math.max(bounds[2], x);
      bounds[3] = Math.max(bounds[3], y);
    } else (value as Position[]).forEach(visit);
  };
  if (geometry.type === 'GeometryCollection') return null;
  visit(geometry.coordinates);
  return bounds[0] <= bounds[2] ? bounds : null;
}

function point(coordinates: Position, properties: Record<string, unknown>): Feature {
  return { type: 'Feature', geometry: { type: 'Point', coordinates }, properties };
}

function collection(features: Feature[]): FeatureCollection {
  return { type: 'FeatureCollection', features };
}
