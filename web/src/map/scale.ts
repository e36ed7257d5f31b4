// Lengths on the map. Pure.

/** Once around the equator, in metres. */
const EARTH_M = 40_075_016.686;
/** Pixels of the world at zoom 0. */
const WORLD_PX = 512;

/** Metres that one CSS pixel stands for. */
export function metersPerPixel(lat: number, zoom: number): number {
  return (EARTH_M * Math.cos((lat * Math.PI) / 180)) / (WORLD_PX * 2 ** zoom);
}

/** A round length, 1, 2 or 5 times a power of ten, that fits into `most` metres. */
export function roundLength(most: number): number {
  const power = 10 ** Math.floor(Math.log10(most));
  return ([5, 2, 1].find((step) => step * power <= most) ?? 1) * power;
}
