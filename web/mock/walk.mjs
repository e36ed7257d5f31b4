// Walking times for the mock server: a heap, Dijkstra from many seeds, and nearest-node look-up.
// Simple on purpose (points snap to nodes, not mid-edge); it only has to be plausible and consistent.

const EARTH_M = 6371008.8;
const RAD = Math.PI / 180;

export function metersBetween([lonA, latA], [lonB, latB]) {
  const x = (lonB - lonA) * RAD * Math.cos(((latA + latB) / 2) * RAD);
  const y = (latB - latA) * RAD;
  return Math.sqrt(x * x + y * y) * EARTH_M;
}

class Heap {
  keys = [];
  items = [];
  get size() {
    return this.items.length;
  }
  push(key, item) {
    let i = this.items.length;
    this.keys.push(key);
    this.items.push(item);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (this.keys[parent] <= key) break;
      this.swap(i, parent);
      i = parent;
    }
  }
  pop() {
    const item = this.items[0];
    const key = this.keys[0];
    const lastItem = this.items.pop();
    const lastKey = this.keys.pop();
    if (this.items.length > 0) {
      this.items[0] = lastItem;
      this.keys[0] = lastKey;
      let i = 0;
      for (;;) {
        let child = 2 * i + 1;
        if (child >= this.items.length) break;
        if (child + 1 < this.items.length && this.keys[child + 1] < this.keys[child]) child += 1;
        if (this.keys[i] <= this.keys[child]) break;
        this.swap(i, child);
        i = child;
      }
    }
    return [key, item];
  }
  swap(a, b) {
    [this.keys[a], this.keys[b]] = [this.keys[b], this.keys[a]];
    [this.items[a], this.items[b]] = [this.items[b], this.items[a]];
  }
}

/** graph: { places: [lon,lat][], edges: [{u,v,m,steps,name}] } → adjacency lists. */
export function adjacency(graph) {
  const next = graph.places.map(() => []);
  graph.edges.forEach((edge, index) => {
    next[edge.u].push([edge.v, index]);
    next[edge.v].push([edge.u, index]);
  });
  return next;
}

/** Seconds from every node to the nearest seed. seeds: [{node, seconds, label}]. */
export function nearest(graph, next, seeds, profile) {
  const seconds = new Float64Array(graph.places.length).fill(Infinity);
  const label = new Int32Array(graph.places.length).fill(-1);
  const via = new Int32Array(graph.places.length).fill(-1);
  const heap = new Heap();
  for (const seed of seeds) {
    if (seed.seconds < seconds[seed.node]) {
      seconds[seed.node] = seed.seconds;
      label[seed.node] = seed.label;
      heap.push(seed.seconds, seed.node);
    }
  }
  while (heap.size > 0) {
    const [at, node] = heap.pop();
    if (at > seconds[node]) continue;
    for (const [to, edgeIndex] of next[node]) {
      const edge = graph.edges[edgeIndex];
      if (edge.steps && !profile.stairs) continue;
      const t = at + (edge.m * (edge.steps ? 2 : 1)) / profile.speed;
      if (t < seconds[to]) {
        seconds[to] = t;
        label[to] = label[node];
        via[to] = edgeIndex;
        heap.push(t, to);
      }
    }
  }
  return { seconds, label, via };
}

/** A grid over the nodes for nearest-node queries. */
export function nodeIndex(places, cell = 0.003) {
  const cells = new Map();
  const key = (x, y) => `${x}:${y}`;
  places.forEach(([lon, lat], i) => {
    const k = key(Math.floor(lon / cell), Math.floor(lat / cell));
    const list = cells.get(k);
    if (list) list.push(i);
    else cells.set(k, [i]);
  });
  return (place, limitM) => {
    const x = Math.floor(place[0] / cell);
    const y = Math.floor(place[1] / cell);
    let best = null;
    for (let dx = -2; dx <= 2; dx += 1) {
      for (let dy = -2; dy <= 2; dy += 1) {
        for (const node of cells.get(key(x + dx, y + dy)) ?? []) {
          const m = metersBetween(place, places[node]);
          if (m <= limitM && (best === null || m < best.m)) best = { node, m };
        }
      }
    }
    return best;
  };
}

export function contains(polygon, [lon, lat]) {
  const rings = polygon.type === 'Polygon' ? [polygon.coordinates] : polygon.coordinates;
  return rings.some((part) => {
    let inside = false;
    for (const ring of part) {
      for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
        const [xi, yi] = ring[i];
        const [xj, yj] = ring[j];
        if (yi > lat !== yj > lat && lon < ((xj - xi) * (lat - yi)) / (yj - yi) + xi) inside = !inside;
      }
    }
    return inside;
  });
}
