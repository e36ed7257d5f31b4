// What the colors of the map mean, as rows of a picture; the legend on screen says the same.
import { nameOf, t } from '../i18n';
import { bands, PALETTES } from '../palette';
import { chosenFunction, query, REACH_CUTOFFS_MIN, reachShown } from '../state/app';
import { gainShown } from '../state/gain';
import { mode } from '../state/mode';
import { plan } from '../state/place';
import { theme } from '../state/settings';

export interface LegendRow {
  shape: 'line' | 'dot';
  color: string;
  edge?: string;
  words: string;
}

export function legendRows(): { title: string; rows: LegendRow[] } {
  const palette = PALETTES[theme.peek()];
  const min = query.peek()?.cutoff_min ?? 15;
  const line = (color: string, words: string): LegendRow => ({ shape: 'line', color, words });
  const facility: LegendRow = { shape: 'dot', color: palette.facility, edge: palette.facilityRing, words: t('legend.facility') };
  if (mode.peek() === 'whatif' && gainShown.peek()) {
    return { title: t('legend.gainTitle'), rows: [line(palette.gain[0], t('legend.gainFew')), line(palette.gain[3], t('legend.gainMany')), facility] };
  }
  if (reachShown.peek()) {
    return { title: t('legend.reach'), rows: [...REACH_CUTOFFS_MIN.map((to, i) => line(palette.bands[i] ?? '', t('legend.upTo', { to }))), line(palette.labelQuiet, t('legend.circle')), facility] };
  }
  const fn = chosenFunction.peek();
  const times = bands(min, palette).map(({ fromMin, toMin, color }) => line(color, fromMin === 0 ? t('legend.upTo', { to: toMin }) : t('legend.range', { from: fromMin, to: toMin })));
  const more: LegendRow[] = [];
  if (mode.peek() === 'gaps') more.push({ shape: 'dot', color: palette.uncovered, words: t('legend.gap') });
  if (mode.peek() === 'place' && plan.peek() !== null) more.push({ shape: 'dot', color: palette.plan, words: t('legend.plan') });
  if (mode.peek() === 'compare') more.push({ shape: 'dot', color: palette.gained, words: t('compare.gained') }, { shape: 'dot', color: palette.halo, edge: palette.lost, words: t('compare.lost') });
  return { title: t('legend.title', { function: fn ? nameOf(fn) : '' }), rows: [...times, line(palette.uncovered, t('legend.beyond', { min })), facility, ...more] };
}
