import { useEffect, useRef } from 'preact/hooks';
import type { Study, Why } from '../api/types';
import { meters, minutes, place as placeText } from '../format';
import { t } from '../i18n';
import { closeInspection, pin, turnTo, whyLoader } from '../state/app';
import { latest } from '../state/resource';
import { language } from '../state/settings';
import { Icon } from '../ui/Icon';
import { Notice } from '../ui/Notice';
import { NearestList } from './NearestList';
import { RuleList } from './RuleList';
import { Verdict } from './Verdict';

/** Closes the panel and gives the keyboard back to the map. */
function close(): void {
  closeInspection();
  document.querySelector<HTMLElement>('.maplibregl-canvas')?.focus({ preventScroll: true });
}

/** Why a place is or is not covered. */
export function PlacePanel({ study }: { study: Study }) {
  const state = whyLoader.state.value;
  const why = latest(state);
  const heading = useRef<HTMLHeadingElement>(null);
  const place = pin.value;
  useEffect(() => heading.current?.focus({ preventScroll: true }), [place]);
  if (place === null) return null;
  return (
    <section class="place" aria-label={t('why.title')} data-testid="why" data-state={state.kind} onKeyDown={(event) => event.key === 'Escape' && close()}>
      <div class="place-head">
        <div>
          <h2 ref={heading} tabIndex={-1}>
            {t('why.title')}
          </h2>
          <p class="hint">
            {why?.zone ? `${t('why.zone', { zone: why.zone })} · ` : ''}
            <span class="num">{placeText(place)}</span>
          </p>
        </div>
        <button type="button" class="icon-button" data-testid="why-close" aria-label={t('why.close')} title={t('why.close')} onClick={close}>
          <Icon name="close" />
        </button>
      </div>
      {state.kind === 'failed' && <Notice problem={state.problem} onRetry={() => whyLoader.retry()} />}
      {why === null && state.kind === 'loading' && (
        <p class="hint waiting" role="status">
          <span class="spinner" aria-hidden="true" />
          {t('why.loading')}
        </p>
      )}
      {why !== null && <Answer why={why} study={study} />}
    </section>
  );
}

function Answer({ why, study }: { why: Why; study: Study }) {
  if (why.snapped === null) {
    return (
      <p class="empty" data-testid="why-reason">
        <strong>{t('why.notSnapped')}</strong>
        {why.reason !== null && <span> {why.reason}</span>}
      </p>
    );
  }
  return (
    <>
      <Verdict why={why} />
      <p class="access" data-testid="why-access">
        <span class="access-line" aria-hidden="true" />
        {t('why.access', { m: meters(why.snapped.access_m, language.value), min: minutes(why.snapped.access_min, language.value) })}
      </p>
      {why.ties.some((tie) => tie.forced) && (
        <p class="access" data-testid="why-forced">
          {t('why.forced')}
        </p>
      )}
      <button type="button" class="button wide" data-testid="reach" onClick={() => turnTo('reach')}>
        {t('why.reach')}
      </button>
      {why.rules.length > 0 && <RuleList rules={why.rules} />}
      <NearestList rows={why.functions} study={study} />
    </>
  );
}
