import { useEffect } from 'preact/hooks';
import type { Study } from '../../api/types';
import { t } from '../../i18n';
import { form, formOpen, plan, run, stale, start } from '../../state/place';
import { hasTarget, mayLimitMoney, type PlaceForm } from '../../state/place-ask';
import { readOnly } from '../../state/study';
import { Icon } from '../../ui/Icon';
import { Notice } from '../../ui/Notice';
import { Asked } from './Asked';
import { Candidates } from './Candidates';
import { Locks } from './Locks';
import { PlanCard } from './PlanCard';
import { Progress } from './Progress';
import { Result } from './Result';

/** Where the next sites should go: the wish, the search as it goes, the plan. */
export function PlaceMode({ study }: { study: Study }) {
  useEffect(() => void run.resume('place', study.id), [study.id]);
  if (readOnly.value) return <p class="empty good">{t('place.readOnly')}</p>;
  const busy = run.busy.value;
  const found = plan.value;
  const problem = run.problem.value;
  return (
    <div class="stack place-mode">
      <FoldedForm />
      <form
        hidden={!formOpen.value && (busy || found !== null)}
        class="stack place-form"
        aria-label={t('place.form')}
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy) start();
          (event.currentTarget as HTMLElement).closest('.panel-scroll')?.scrollTo({ top: 0 });
        }}
      >
        <fieldset disabled={busy} class="stack plain">
          <Asked study={study} />
          <Candidates study={study} />
          <Locks />
        </fieldset>
        <button type="submit" class="button primary wide" data-testid="place-run" disabled={busy}>
          {t(found === null ? 'place.run' : 'place.runAgain')}
        </button>
      </form>
      {problem !== null && <Notice problem={problem} title={t('place.failed')} onRetry={start} />}
      {(busy || found !== null) && <Progress />}
      {found !== null && stale.value && !busy && (
        <p class="hint stale-note" role="status" data-testid="plan-stale">
          {t('place.stale')}
        </p>
      )}
      {found !== null && <Result plan={found} />}
      <PlanCard />
    </div>
  );
}

/** How much was asked for. */
function amountOf(wish: PlaceForm): string {
  if (hasTarget(wish.problem)) return `${wish.target}%`;
  if (wish.problem === 'years') return wish.yearly.join(' + ');
  if (wish.problem === 'gates') return `${t('place.gates')} ${wish.gates}`;
  if (mayLimitMoney(wish.problem) && wish.by === 'budget') return `${t('place.budget')} ${wish.budget}`;
  return t('unit.sites', { n: wish.sites });
}

/** What was asked in one line, once there is an answer to look at. */
function FoldedForm() {
  if (plan.value === null && !run.busy.value) return null;
  const wish = form.value;
  const amount = amountOf(wish);
  return (
    <button type="button" class="question-line" data-testid="place-form" aria-expanded={formOpen.value} onClick={() => (formOpen.value = !formOpen.peek())}>
      <span>
        <strong>{t(`problem.${wish.problem}`)}</strong>
        <span class="hint">{amount}</span>
      </span>
      <Icon name={formOpen.value ? 'up' : 'down'} size={16} />
    </button>
  );
}
