import { share } from '../../format';
import { t } from '../../i18n';
import { Part, TotalsWaiting } from '../../panels/Totals';
import { query } from '../../state/app';
import { compositeLoader, needed, own } from '../../state/composite';
import { latest } from '../../state/resource';
import { language } from '../../state/settings';
import { Bar } from '../../ui/Bar';
import { demandUnit } from '../../ui/demand';

/** The totals of several functions asked for together: who has all of them. */
export function MissingTotals() {
  const state = compositeLoader.state.value;
  const found = latest(state);
  const min = query.value?.cutoff_min;
  if (found === null || min === undefined) return state.kind === 'loading' ? <TotalsWaiting /> : null;
  const fresh = state.kind === 'ready';
  return (
    <section class={`totals${fresh ? '' : ' stale'}`} aria-label={t('totals.label')} data-testid="totals-missing" data-fresh={fresh}>
      <div class="totals-main">
        <strong class="totals-share num" data-testid="complete-share" data-value={found.share ?? ''}>
          {share(found.share, language.value)}
        </strong>
        <span class="totals-caption">{own.value === null ? t('missing.caption', { n: needed.value, min }) : t('missing.captionOwn', { n: needed.value })}</span>
      </div>
      <Bar share={found.share} />
      <dl class="totals-parts">
        <Part label={t('missing.complete')} value={found.share === null ? null : found.complete_persons} id="complete-persons" tone="covered" />
        <Part label={t('missing.incomplete')} value={found.persons - found.no_street_persons - found.complete_persons} id="incomplete-persons" tone="uncovered" />
        {found.no_street_persons > 0 && <Part label={t('totals.noStreet')} value={found.no_street_persons} id="composite-no-street" tone="quiet" />}
        <Part label={t('totals.all')} value={found.persons} id="composite-persons" tone="quiet" />
      </dl>
      <p class="hint">{demandUnit()}</p>
    </section>
  );
}
