import type { PlaceUnit, TrailPoint } from '../../api/job-types';
import { duration, gapShare } from '../../format';
import { t } from '../../i18n';
import { language } from '../../state/settings';
import { amount } from './Progress';
import { gapOf, span, steps } from './stairs';

const [WIDTH, HEIGHT] = [344, 132];
const [LEFT, RIGHT, TOP, BOTTOM] = [2, 342, 10, 110];

interface Props {
  trail: readonly TrailPoint[];
  /** seconds that have passed */
  until: number;
  unit: PlaceUnit;
}

/** The best so far and the bound over time; the ground between them is what is not yet known. */
export function GapChart({ trail, until, unit }: Props) {
  const begin = trail[0]?.s ?? 0;
  const end = Math.max(until, trail.at(-1)?.s ?? 0, begin + 0.01);
  const known = (pick: (point: TrailPoint) => number | null) => trail.flatMap((point): [number, number][] => {
    const y = pick(point);
    return y === null || !Number.isFinite(y) ? [] : [[point.s, y]];
  });
  const [values, bounds] = [known((point) => point.value), known((point) => point.bound)];
  if (values.length === 0) return null;
  const [low, high] = span([...values, ...bounds].map(([, y]) => y));
  const at = ([s, y]: [number, number]): string => `${(LEFT + ((s - begin) / (end - begin)) * (RIGHT - LEFT)).toFixed(1)},${(BOTTOM - ((y - low) / (high - low)) * (BOTTOM - TOP)).toFixed(1)}`;
  const [value, bound] = [steps(values, end).map(at), steps(bounds, end).map(at)];
  const last = trail.at(-1);
  const tip = value.at(-1)?.split(',') ?? [];
  return (
    <svg
      class="gap-chart"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      data-testid="gap-chart"
      data-points={trail.length}
      aria-label={t('progress.chart', { value: amount(last?.value ?? null, unit), bound: amount(last?.bound ?? null, unit), gap: gapShare(gapOf(last?.value ?? null, last?.bound ?? null), language.value) })}
    >
      <line class="axis" x1={LEFT} x2={RIGHT} y1={BOTTOM + 4} y2={BOTTOM + 4} />
      {bound.length > 0 && <polygon class="between" points={[...value, ...[...bound].reverse()].join(' ')} />}
      {bound.length > 0 && <polyline class="bound" points={bound.join(' ')} />}
      <polyline class="value" points={value.join(' ')} />
      <circle class="tip" cx={tip[0]} cy={tip[1]} r="3.4" />
      <text x={LEFT} y={HEIGHT - 6}>
        {duration(begin, language.value)}
      </text>
      <text x={RIGHT} y={HEIGHT - 6} text-anchor="end">
        {duration(end, language.value)}
      </text>
    </svg>
  );
}
