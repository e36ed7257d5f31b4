import { effect } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { api } from '../../api/client';
import type { Gain as Gains } from '../../api/types';
import { t } from '../../i18n';
import { flight, query } from '../../state/app';
import { gainLoader, gainShown } from '../../state/gain';
import { latest } from '../../state/resource';
import { epoch, site } from '../../state/scenario';
import { readOnly } from '../../state/study';
import { demandText } from '../../ui/demand';
import { Notice } from '../../ui/Notice';
import { openSite } from './tools';

const ROWS = 5;

/** Where one more site would help most, as a layer and as a short list. */
export function Gain() {
  useEffect(
    () =>
      effect(() => {
        const [here, asked, shown] = [site.value, query.value, gainShown.value];
        if (epoch.value >= 0 && here !== null && asked !== null && shown) gainLoader.load((abort) => api.gain(here, asked, abort));
      }),
    [],
  );
  const state = gainLoader.state.value;
  const gain = latest(state);
  return (
    <section>
      <label class="switch">
        <span>{t('gain.title')}</span>
        <input type="checkbox" role="switch" data-testid="gain" checked={gainShown.value} onChange={() => (gainShown.value = !gainShown.peek())} />
      </label>
      {gainShown.value && state.kind === 'failed' && <Notice problem={state.problem} onRetry={() => gainLoader.retry()} />}
      {gainShown.value && gain === null && state.kind === 'loading' && <p class="hint waiting">{t('gain.loading')}</p>}
      {gainShown.value && gain !== null && <Best gain={gain} />}
    </section>
  );
}

function Best({ gain }: { gain: Gains }) {
  if (gain.best.length === 0) return <p class="hint">{t('gain.none')}</p>;
  return (
    <ol class="best" data-testid="gain-best">
      {gain.best.slice(0, ROWS).map(({ rank, place, gained_persons }) => (
        <li key={rank} data-testid="gain-place" data-value={gained_persons}>
          <button type="button" class="link" onClick={() => (flight.value = { kind: 'place', place })}>
            <span class="badge gain num">{rank}</span>
            <span class="num">+{demandText(gained_persons)}</span>
          </button>
          {!readOnly.value && (
            <button type="button" class="button small" data-testid="gain-open" aria-label={t('gain.openLabel', { rank })} onClick={() => void openSite(place)}>
              {t('gain.open')}
            </button>
          )}
        </li>
      ))}
    </ol>
  );
}
