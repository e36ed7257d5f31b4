import { demand, points, share } from '../../format';
import { t } from '../../i18n';
import { baseline, coverage, coverageFresh, coverageLoader, study } from '../../state/app';
import { effectNow } from '../../state/scenario';
import { language } from '../../state/settings';
import { demandText, demandUnit } from '../../ui/demand';

const signed = (value: number) => {
  const text = demand(Math.abs(value), study.value?.demand.unit ?? 'persons', language.value);
  return `${value > 0 ? '+' : value < 0 ? '−' : '±'}${text}`;
};

/** The covered before and after, in one place that never moves; it follows a drag. */
export function BeforeAfter() {
  const after = coverage.value;
  if (after === null) return coverageLoader.state.value.kind === 'loading' ? <section class="totals" aria-busy="true"><span class="skeleton wide" /></section> : null;
  const before = baseline.value ?? after;
  const now = effectNow.value;
  const difference = after.covered_persons - before.covered_persons;
  const fresh = coverageFresh.value;
  return (
    <section class={`totals before-after${fresh || now !== null ? '' : ' stale'}`} aria-label={t('totals.label')} data-testid="before-after" data-fresh={fresh} data-live={now?.kind ?? 'no'} data-cutoff={after.cutoff_min} data-function={after.function}>
      <div class="ba-row">
        <div>
          <span class="hint">{t('whatif.before')}</span>
          <strong class="num" data-testid="before-covered" data-value={before.covered_persons}>
            {demandText(before.covered_persons)}
          </strong>
        </div>
        <span class="ba-arrow" aria-hidden="true">
          →
        </span>
        <div>
          <span class="hint">{t('whatif.after')}</span>
          <strong class="num ba-after" data-testid="after-covered" data-value={after.covered_persons}>
            {demandText(after.covered_persons)}
          </strong>
        </div>
        <span class={`change num${difference > 0 ? ' up' : difference < 0 ? ' down' : ''}`} data-testid="covered-change" data-value={difference}>
          {signed(difference)}
        </span>
      </div>
      <Track before={before.share ?? 0} after={after.share ?? 0} />
      <p class="ba-shares num">
        <span>{share(before.share, language.value)}</span>
        <span>
          {share(after.share, language.value)}
          {difference !== 0 && ` (${points((after.share ?? 0) - (before.share ?? 0), language.value)})`}
        </span>
      </p>
      {now !== null && (now.effect.gained_persons > 0 || now.effect.lost_persons > 0) && (
        <p class="hint num" data-testid="gained-lost" data-gained={now.effect.gained_persons} data-lost={now.effect.lost_persons}>
          {t('whatif.gainedLost', { gained: demandText(now.effect.gained_persons), lost: demandText(now.effect.lost_persons) })}
        </p>
      )}
      <p class="hint">{t('whatif.unit', { unit: demandUnit(), min: after.cutoff_min })}</p>
      <p class="sr-only" aria-live="polite">
        {now?.kind === 'preview' ? '' : t('whatif.spoken', { before: demandText(before.covered_persons), after: demandText(after.covered_persons), change: signed(difference) })}
      </p>
    </section>
  );
}

/** One bar for both: what stays, then what is gained or lost. */
function Track({ before, after }: { before: number; after: number }) {
  const [low, high] = [Math.min(before, after), Math.max(before, after)];
  return (
    <span class="ba-track" aria-hidden="true">
      <span class="stays" style={{ width: `${low * 100}%` }} />
      <span class={after >= before ? 'gained' : 'lost'} style={{ left: `${low * 100}%`, width: `${(high - low) * 100}%` }} />
      <span class="ba-mark" style={{ left: `${before * 100}%` }} />
    </span>
  );
}
