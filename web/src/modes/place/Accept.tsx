import { served } from '../../api/served';
import { t } from '../../i18n';
import { turnTo } from '../../state/app';
import { scenario } from '../../state/scenario';
import { accept, accepted, accepting, actProblem } from '../../state/place';
import { Notice } from '../../ui/Notice';

/** Takes the plan into a scenario, where it can be changed, compared and audited. */
export function Accept({ name }: { name: string }) {
  const into = accepted.value;
  const problem = actProblem.value;
  return (
    <section class="accept">
      {into === null ? (
        <>
          <button type="button" class="button primary wide" data-testid="plan-accept" disabled={accepting.value} onClick={() => void accept({ name })}>
            {t(accepting.value ? 'accept.working' : 'accept.button')}
          </button>
          {scenario.value !== null && (
            <button type="button" class="button wide" data-testid="plan-accept-into" disabled={accepting.value} onClick={() => void accept({ scenario: scenario.value?.id ?? '' })}>
              {t('accept.into', { name: scenario.value.name })}
            </button>
          )}
        </>
      ) : (
        <div class="empty good" role="status" data-testid="plan-accepted" data-id={into.id}>
          <p>{t('accept.done', { name: into.name })}</p>
          <div class="actions">
            <button type="button" class="button small" data-testid="plan-whatif" onClick={() => turnTo('whatif')}>
              {t('accept.whatif')}
            </button>
            {served('compare') && (
              <button type="button" class="button small" data-testid="plan-compare" onClick={() => turnTo('compare')}>
                {t('accept.compare')}
              </button>
            )}
          </div>
        </div>
      )}
      {problem !== null && <Notice problem={problem} retry={t('scenario.dismiss')} onRetry={() => (actProblem.value = null)} />}
    </section>
  );
}
