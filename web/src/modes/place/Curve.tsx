import type { PlaceResult } from '../../api/job-types';
import { count, share } from '../../format';
import { t } from '../../i18n';
import { language } from '../../state/settings';
import { demandText } from '../../ui/demand';

const [WIDTH, HEIGHT, TOP, BASE] = [344, 118, 16, 96];
const MOST_BARS = 40;

/** What each further site brings: it falls, and where it becomes flat one more is hardly worth it. */
export function Curve({ plan }: { plan: PlaceResult }) {
  const rows = plan.curve.slice(0, Math.max(MOST_BARS / 2, Math.min(MOST_BARS, plan.sites.length * 4)));
  const most = Math.max(1e-9, ...rows.map((row) => row.gained_persons));
  const step = WIDTH / rows.length;
  const last = rows.at(-1);
  const [first] = rows;
  if (last === undefined || first === undefined) return null;
  const label = t('curve.label', { first: demandText(first.gained_persons), n: count(last.sites, language.value), last: demandText(last.gained_persons), share: share(last.share, language.value) });
  return (
    <section data-testid="curve" data-points={rows.length}>
      <h3>{t('curve.title')}</h3>
      <svg class="curve" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
        {rows.map((row, i) => {
          const height = Math.max(1, ((BASE - TOP) * row.gained_persons) / most);
          return (
            <rect key={row.sites} class={row.in_plan ? 'chosen' : ''} x={i * step + step * 0.12} y={BASE - height} width={step * 0.76} height={height} rx="1.5">
              <title>{t('curve.step', { n: row.sites, gain: demandText(row.gained_persons), share: share(row.share, language.value) })}</title>
            </rect>
          );
        })}
        <line class="axis" x1="0" x2={WIDTH} y1={BASE} y2={BASE} />
        <text x={step * 0.12} y={BASE - ((BASE - TOP) * first.gained_persons) / most - 4}>{`+${demandText(first.gained_persons)}`}</text>
        <text x={WIDTH} y={Math.min(BASE - 6, BASE - ((BASE - TOP) * last.gained_persons) / most - 4)} text-anchor="end">{`+${demandText(last.gained_persons)}`}</text>
        <text x={step / 2} y={HEIGHT - 6} text-anchor="middle">
          1
        </text>
        <text x={WIDTH} y={HEIGHT - 6} text-anchor="end">
          {t('curve.axis', { n: count(last.sites, language.value) })}
        </text>
      </svg>
      <p class="hint">{t('curve.hint', { n: count(last.sites, language.value), share: share(last.share, language.value) })}</p>
    </section>
  );
}
