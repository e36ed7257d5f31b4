import type { HistogramBin } from '../../api/types';
import { t } from '../../i18n';
import { colorAt, PALETTES } from '../../palette';
import { theme } from '../../state/settings';
import { demandText } from '../../ui/demand';

const WIDTH = 352;
const HEIGHT = 116;
const BASE = 94;
const BEYOND_GAP = 6;
const AXIS_MIN = [0, 15, 30, 45];

interface Props {
  bins: readonly HistogramBin[];
  cutoffMin: number;
}

/** Persons by minute of walking, colored as on the map, with the cutoff drawn in. */
export function Histogram({ bins, cutoffMin }: Props) {
  const palette = PALETTES[theme.value];
  const step = (WIDTH - BEYOND_GAP) / bins.length;
  const top = Math.max(1, ...bins.map((bin) => bin.persons));
  const last = bins.length - 1;
  const x = (i: number) => i * step + (i === last ? BEYOND_GAP : 0);
  const cutoffX = cutoffMin * step + (cutoffMin >= last ? BEYOND_GAP / 2 : 0);
  const sum = (chosen: readonly HistogramBin[]) => demandText(chosen.reduce((all, bin) => all + bin.persons, 0));
  const inside = bins.filter((bin) => bin.to_min !== null && bin.to_min <= cutoffMin);
  const outside = bins.filter((bin) => !inside.includes(bin));
  const label = t('histogram.label', { min: cutoffMin, covered: sum(inside), uncovered: sum(outside), far: sum(bins.slice(last)) });
  return (
    <svg class="histogram" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label} data-testid="histogram">
      {bins.map((bin, i) => {
        const height = bin.persons > 0 ? Math.max(1.5, (bin.persons / top) * (BASE - 16)) : 0;
        return (
          <g key={bin.from_min}>
            <rect x={x(i) + 0.6} y={BASE - height} width={Math.max(1, step - 1.2)} height={height} rx={1} fill={colorAt(bin.to_min, cutoffMin, palette)} />
            <rect x={x(i)} y={0} width={step} height={BASE} fill="transparent">
              <title>{binText(bin)}</title>
            </rect>
          </g>
        );
      })}
      <line class="axis" x1={0} x2={WIDTH} y1={BASE + 0.5} y2={BASE + 0.5} />
      <line class="cutoff" x1={cutoffX} x2={cutoffX} y1={12} y2={BASE} />
      <text class="cutoff-text num" x={Math.min(Math.max(cutoffX, 14), WIDTH - 14)} y={9} text-anchor="middle">
        {cutoffMin}
      </text>
      {AXIS_MIN.map((min) => (
        <text key={min} class="num" x={min * step} y={HEIGHT - 7} text-anchor={min === 0 ? 'start' : 'middle'}>
          {min === 0 ? `0 ${t('histogram.axis')}` : min}
        </text>
      ))}
      <text class="num" x={WIDTH} y={HEIGHT - 7} text-anchor="end">
        {t('histogram.beyond')}
      </text>
    </svg>
  );
}

function binText(bin: HistogramBin): string {
  const n = demandText(bin.persons);
  return bin.to_min === null ? t('histogram.last', { n }) : t('histogram.bin', { from: bin.from_min, to: bin.to_min, n });
}
