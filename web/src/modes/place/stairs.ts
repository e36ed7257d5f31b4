// The lines of the chart of a search. Pure.

/** How far the best so far may be from the bound, 0 to 1: of the larger of the two, so that it means the same whether more or less is better. */
export function gapOf(value: number | null, bound: number | null): number | null {
  if (value === null || bound === null) return null;
  const largest = Math.max(Math.abs(value), Math.abs(bound));
  return largest === 0 ? 0 : Math.abs(bound - value) / largest;
}

/** Lowest and highest value to draw, with a little air. */
export function span(values: readonly number[]): [number, number] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const air = (high - low) * 0.08 || Math.max(1e-6, Math.abs(high) * 0.02);
  return [low - air, high + air];
}

/** Points of a staircase: what was known at each moment until something better came. */
export function steps(points: readonly (readonly [number, number])[], until: number): [number, number][] {
  const line: [number, number][] = [];
  for (const [x, y] of points) {
    const before = line.at(-1);
    if (before !== undefined) line.push([x, before[1]]);
    line.push([x, y]);
  }
  const last = line.at(-1);
  if (last !== undefined && until > last[0]) line.push([until, last[1]]);
  return line;
}
