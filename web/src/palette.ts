// Colors of the map and the charts, for light and dark ground. Blue-to-teal for what is covered (nearer is
// stronger), orange for what is not: a pair that stays apart under every common color-vision deficiency.

export type Theme = 'light' | 'dark';

/** Upper ends of the walking-time bands, in minutes; the last band ends at the cutoff. */
export const BAND_ENDS_MIN = [5, 10, 15] as const;

export interface Palette {
  /** nearest first: up to 5, 10, 15 minutes, then up to the cutoff */
  bands: readonly [string, string, string, string];
  uncovered: string;
  /** uncovered streets: the same hue, quieter, as there are so many */
  uncoveredStreet: string;
  /** little to much that one more site would gain; a hue the times do not use */
  gain: readonly [string, string, string, string];
  /** people that a change brings within reach, and those it puts beyond */
  gained: string;
  lost: string;
  accent: string;
  /** sites of a plan, and the number on them */
  plan: string;
  onPlan: string;
  facility: string;
  facilityRing: string;
  route: string;
  pin: string;
  ground: string;
  land: string;
  water: string;
  green: string;
  building: string;
  buildingEdge: string;
  street: string;
  streetEdge: string;
  streetMinor: string;
  path: string;
  rail: string;
  zone: string;
  label: string;
  labelQuiet: string;
  halo: string;
}

export const PALETTES: Record<Theme, Palette> = {
  light: {
    bands: ['#12376b', '#0f69a8', '#35988f', '#8372c5'],
    uncovered: '#c8490f',
    uncoveredStreet: '#cb7a45',
    gain: ['#e6dcec', '#c79fd0', '#a3449f', '#5c0a5e'],
    gained: '#0f69a8',
    lost: '#c8490f',
    accent: '#14508c',
    plan: '#9b1d6a',
    onPlan: '#ffffff',
    facility: '#14233a',
    facilityRing: '#ffffff',
    route: '#9b1d6a',
    pin: '#9b1d6a',
    ground: '#edeff0',
    land: '#f7f6f3',
    water: '#c9dce8',
    green: '#e3ebd9',
    building: '#e7e3db',
    buildingEdge: '#dad4c9',
    street: '#ffffff',
    streetEdge: '#d8d3c9',
    streetMinor: '#ffffff',
    path: '#cfc8bb',
    rail: '#b9b4ab',
    zone: '#5d6675',
    label: '#333a45',
    labelQuiet: '#5d6470',
    halo: '#ffffff',
  },
  dark: {
    bands: ['#b4e0f2', '#62abea', '#2a8f88', '#7a5bb5'],
    uncovered: '#ff8a4c',
    uncoveredStreet: '#ad6a43',
    gain: ['#33263a', '#7b3f86', '#cf6fc9', '#ffd9fb'],
    gained: '#62abea',
    lost: '#ff8a4c',
    accent: '#7cbcff',
    plan: '#ff8fd0',
    onPlan: '#1c0a16',
    facility: '#ffffff',
    facilityRing: '#10151b',
    route: '#ff8fd0',
    pin: '#ff8fd0',
    ground: '#0d1116',
    land: '#151a20',
    water: '#1a2b3a',
    green: '#18231f',
    building: '#212832',
    buildingEdge: '#2b3440',
    street: '#303a46',
    streetEdge: '#11161b',
    streetMinor: '#27303a',
    path: '#2f3943',
    rail: '#3a434e',
    zone: '#8b97a8',
    label: '#dfe5ec',
    labelQuiet: '#9aa6b4',
    halo: '#12171d',
  },
};

/** One class of walking time: above `fromMin`, up to and with `toMin`. */
export interface Band {
  fromMin: number;
  toMin: number;
  color: string;
}

/** The covered bands under a cutoff, nearest first; the last one ends exactly at the cutoff. */
export function bands(cutoffMin: number, palette: Palette): Band[] {
  const ends = [...BAND_ENDS_MIN.filter((end) => end < cutoffMin), cutoffMin];
  return ends.map((toMin, i) => ({
    fromMin: i === 0 ? 0 : (ends[i - 1] ?? 0),
    toMin,
    color: palette.bands[i] ?? palette.bands[3],
  }));
}

/** The color for a walking time; `null` means never reached. */
export function colorAt(min: number | null, cutoffMin: number, palette: Palette): string {
  const band = min === null ? undefined : bands(cutoffMin, palette).find(({ toMin }) => min <= toMin);
  return band?.color ?? palette.uncovered;
}

const MISSING: Record<Theme, { none: string; few: readonly [number, number, number]; many: readonly [number, number, number] }> = {
  light: { none: '#0f69a8', few: [240, 178, 122], many: [118, 30, 8] },
  dark: { none: '#62abea', few: [122, 74, 48], many: [255, 196, 150] },
};

/** One color for each number of functions missing, from none to all; further from the ground is more. */
export function missingColors(functions: number, theme: Theme): string[] {
  const { none, few, many } = MISSING[theme];
  const part = (i: number) => (functions <= 1 ? 1 : (i - 1) / (functions - 1));
  const mixed = (i: number) => few.map((from, channel) => Math.round(from + ((many[channel] ?? from) - from) * part(i)));
  return [none, ...Array.from({ length: functions }, (_, i) => `rgb(${mixed(i + 1).join(',')})`)];
}
