// The map's own way to grow things with the zoom, for what is drawn without it. Pure.

/** Between the stops [zoom, value], rising with `base` to the power of the zoom; level beyond the first and the last. */
export function between(zoom: number, base: number, stops: readonly (readonly [number, number])[]): number {
  const next = stops.findIndex(([at]) => zoom < at);
  const [after, before] = [stops[next], stops[next - 1]];
  if (next === 0) return stops[0]?.[1] ?? 0;
  if (after === undefined || before === undefined) return stops.at(-1)?.[1] ?? 0;
  const [way, whole] = [zoom - before[0], after[0] - before[0]];
  const part = base === 1 ? way / whole : (base ** way - 1) / (base ** whole - 1);
  return before[1] + (after[1] - before[1]) * part;
}
