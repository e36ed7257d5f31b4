import { persons } from '../../format';
import { t } from '../../i18n';
import { flight } from '../../state/app';
import { chosenPlan, lock, locks } from '../../state/place';
import { language } from '../../state/settings';
import { Icon } from '../../ui/Icon';

/** What is settled about single candidates before the search. */
export function Locks() {
  const all = [...locks.value];
  if (all.length === 0) return null;
  return (
    <section>
      <h3>{t('lock.title')}</h3>
      <ul class="locks" data-testid="locks">
        {all.map(([id, { kind, name, place, bonus }]) => (
          <li key={id} class={`lock ${kind}`}>
            <Icon name={kind === 'required' ? 'check' : kind === 'forbidden' ? 'block' : 'plus'} size={15} />
            <button
              type="button"
              class="link"
              onClick={() => {
                chosenPlan.value = id;
                flight.value = { kind: 'place', place };
              }}
            >
              {name}
            </button>
            <span class="hint">{kind === 'bonus' ? t('lock.bonusOf', { n: persons(bonus, language.value) }) : t(`lock.${kind}`)}</span>
            <button type="button" class="icon-button tiny" aria-label={t('lock.free', { name })} title={t('lock.free', { name })} onClick={() => lock(id, null)}>
              <Icon name="close" size={14} />
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
