import { t } from '../../i18n';
import { chosenPlan, form, lock, locks, plan } from '../../state/place';
import { problemOf, type Lock } from '../../state/place-ask';
import { placeName } from '../../state/plan-names';
import { Icon } from '../../ui/Icon';
import { Stepper } from '../../ui/Stepper';

/** Where a candidate is, whether or not it was chosen. */
function found(id: string): Pick<Lock, 'name' | 'place'> | null {
  const now = plan.value;
  const site = now?.sites.find((one) => one.id === id) ?? now?.runners_up.find((one) => one.id === id);
  if (site !== undefined) return { name: placeName(site), place: site.place };
  const candidate = now?.candidates?.places.find(([known]) => known === id);
  if (candidate !== undefined) return { name: id, place: [candidate[1], candidate[2]] };
  return locks.value.get(id) ?? null;
}

/** The candidate chosen on the map or in a list, and what to settle about it for the next search. */
export function PlanCard() {
  const id = chosenPlan.value;
  const site = id === null ? null : found(id);
  if (id === null || site === null) return null;
  const held = locks.value.get(id);
  const toggle = (kind: Lock['kind']) => lock(id, held?.kind === kind ? null : { ...site, kind, bonus: 100 });
  const order = plan.value?.sites.find((one) => one.id === id)?.order;
  return (
    <section class="card" data-testid="plan-card" aria-label={t('lock.card')}>
      <div class="card-head">
        <h3>{order === undefined ? site.name : `${order} · ${site.name}`}</h3>
        <button type="button" class="icon-button" aria-label={t('why.close')} onClick={() => (chosenPlan.value = null)}>
          <Icon name="close" size={18} />
        </button>
      </div>
      <p class="hint">{t(order === undefined ? 'lock.candidate' : 'lock.chosen')}</p>
      <div class="actions">
        {(['required', 'forbidden'] as const).map((kind) => (
          <button key={kind} type="button" class="button small" data-testid={`lock-${kind}`} aria-pressed={held?.kind === kind} onClick={() => toggle(kind)}>
            {t(`lock.${kind}`)}
          </button>
        ))}
        {problemOf(form.value.problem) === 'mclp' && (
          <button type="button" class="button small" data-testid="lock-bonus" aria-pressed={held?.kind === 'bonus'} onClick={() => toggle('bonus')}>
            {t('lock.bonus')}
          </button>
        )}
      </div>
      {held?.kind === 'bonus' && (
        <div class="bonus">
          <Stepper id="lock-persons" label={t('lock.bonusPersons')} value={held.bonus} min={1} max={1e6} step={50} onChange={(bonus) => lock(id, { ...held, bonus })} />
        </div>
      )}
    </section>
  );
}
