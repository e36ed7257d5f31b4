// The outline of a set of grid cells as polygons: one ring per border loop, corners rounded once.

/** cells: [x,y][] of whole numbers → MultiPolygon coordinates, with `toPlace(x, y)` giving [lon,lat] of a corner. */
export function outline(cells, toPlace) {
  const has = new Set(cells.map(String));
  const next = new Map();
  const add = (ax, ay, bx, by) => {
    const key = `${ax},${ay}`;
    const list = next.get(key);
    if (list) list.push([bx, by]);
    else next.set(key, [[bx, by]]);
  };
  for (const [x, y] of cells) {
    if (!has.has(`${x},${y - 1}`)) add(x, y, x + 1, y);
    if (!has.has(`${x + 1},${y}`)) add(x + 1, y, x + 1, y + 1);
    if (!has.has(`${x},${y + 1}`)) add(x + 1, y + 1, x, y + 1);
    if (!has.has(`${x - 1},${y}`)) add(x, y + 1, x, y);
  }
  const outer = [];
  const holes = [];
  for (const start of [...next.keys()]) {
    while (next.get(start)?.length > 0) {
      const ring = [start.split(',').map(Number)];
      let at = start;
      do {
        const to = next.get(at).pop();
        ring.push(to);
        at = String(to);
      } while (at !== start);
      (area(ring) > 0 ? outer : holes).push(ring);
    }
  }
  const shape = (ring) => rounded(ring).map(([x, y]) => toPlace(x, y));
  return outer.map((ring, i) => (i === 0 ? [shape(ring), ...holes.map(shape)] : [shape(ring)]));
}

function area(ring) {
  let twice = 0;
  for (let i = 1; i < ring.length; i += 1) twice += ring[i - 1][0] * ring[i][1] - ring[i][0] * ring[i - 1][1];
  return twice / 2;
}

function rounded(ring) {
  let points = ring.slice(0, -1);
  for (let pass = 0; pass < 2; pass += 1) {
    points = points.flatMap((p, i) => {
      const q = points[(i + 1) % points.length];
      return [
        [p[0] * 0.75 + q[0] * 0.25, p[1] * 0.75 + q[1] * 0.25],
        [p[0] * 0.25 + q[0] * 0.75, p[1] * 0.25 + q[1] * 0.75],
      ];
    });
  }
  return [...points, points[0]];
}
