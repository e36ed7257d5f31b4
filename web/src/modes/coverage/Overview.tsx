import type { Coverage } from '../../api/types';
import { meters, points, share, speed } from '../../format';
import { t } from '../../i18n';
import { chosenProfile, coverage, query } from '../../state/app';
import { language } from '../../state/settings';
import { Bar } from '../../ui/Bar';
import { demandText } from '../../ui/demand';
import { Histogram } from './Histogram';

export function Overview() {
  const data = coverage.value;
  if (data === null || data.facilities === 0 || data.persons === 0) return null;
  return (
    <div class="overview">
      <section>
        <h2>{t('histogram.title')}</h2>
        <Histogram bins={data.histogram} cutoffMin={query.value?.cutoff_min ?? data.cutoff_min} />
      </section>
      <Speeds data={data} />
      <Buffer data={data} />
    </div>
  );
}

function Speeds({ data }: { data: Coverage }) {
  const own = chosenProfile.value?.walk_speed_m_s;
  return (
    <section>
      <h2>{t('speed.title')}</h2>
      <dl class="bars">
        {data.speeds.map((row) => (
          <div key={row.walk_speed_m_s} class={row.walk_speed_m_s === own ? 'own' : ''}>
            <dt class="num">{speed(row.walk_speed_m_s, language.value)}</dt>
            <dd>
              <Bar share={row.share} />
              <span class="num" data-testid="speed-share" data-speed={row.walk_speed_m_s} data-value={row.share ?? ''}>
                {share(row.share, language.value)}
              </span>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Buffer({ data }: { data: Coverage }) {
  const { buffer } = data;
  const loss = buffer.covered_persons - data.covered_persons;
  const difference = buffer.share === null || data.share === null ? null : buffer.share - data.share;
  return (
    <section>
      <h2>{t('buffer.title')}</h2>
      <dl class="bars">
        <div class="own">
          <dt>{t('buffer.network')}</dt>
          <dd>
            <Bar share={data.share} />
            <span class="num">{share(data.share, language.value)}</span>
          </dd>
        </div>
        <div>
          <dt>{t('buffer.circle', { radius: meters(buffer.radius_m, language.value) })}</dt>
          <dd>
            <Bar share={buffer.share} tone="quiet" />
            <span class="num" data-testid="buffer-share" data-value={buffer.share ?? ''}>
              {share(buffer.share, language.value)}
            </span>
          </dd>
        </div>
      </dl>
      <p class="hint">{loss > 0 ? t('buffer.loss', { n: demandText(loss), points: points(difference, language.value) }) : t('buffer.none')}</p>
    </section>
  );
}
