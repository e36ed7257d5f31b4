import type { Study } from '../../api/types';
import { nameOf, t } from '../../i18n';
import { change, form, rule, SITES_MAX } from '../../state/place';
import { Stepper } from '../../ui/Stepper';

const MINUTES_MAX = 600;

/** What only the chosen end is told. */
export function Own({ study }: { study: Study }) {
  const wish = form.value;
  switch (wish.problem) {
    case 'p-median':
      return (
        <>
          <Reach />
          <p class="hint">{t('place.farCounts', { n: wish.reachMin })}</p>
        </>
      );
    case 'p-center':
      return <Reach />;
    case 'capacitated':
      return (
        <div class="pair">
          <Stepper id="place-per-1000" label={t('place.per1000')} value={wish.placesPer1000} min={1} max={1000} onChange={(placesPer1000) => change({ placesPer1000 })} />
          <Stepper id="place-capacity" label={t('place.capacity')} value={wish.capacity} min={0} max={1e6} step={10} onChange={(capacity) => change({ capacity })} />
        </div>
      );
    case 'gates':
      return <Stepper id="place-beside" label={t('place.beside')} value={wish.beside} min={0} max={SITES_MAX} onChange={(beside) => change({ beside })} />;
    case 'two-tier':
      return (
        <div class="pair">
          <Further study={study} label={t('place.centerRule')} />
          <Stepper id="place-centers" label={t('place.centers')} value={wish.centers} min={1} max={SITES_MAX} onChange={(centers) => change({ centers })} />
        </div>
      );
    case 'center':
      return <Further study={study} label={t('place.also')} />;
    default:
      return null;
  }
}

function Reach() {
  return <Stepper id="place-reach" label={t('place.reach')} value={form.value.reachMin} min={5} max={MINUTES_MAX} step={5} unit={t('unit.min')} onChange={(reachMin) => change({ reachMin })} />;
}

/** Another promise of the study. */
function Further({ study, label }: { study: Study; label: string }) {
  const all = study.standards.flatMap((standard) => standard.rules.map((one) => ({ id: `${standard.id}/${one.id}`, one, standard })));
  const others = all.filter(({ id }) => id !== rule.value);
  const { further } = form.value;
  return (
    <label class="field" for="place-further">
      <span class="field-label">{label}</span>
      <select id="place-further" data-testid="place-further" required value={further} onChange={(event) => change({ further: event.currentTarget.value })}>
        <option value="" selected={further === ''}>
          {t('place.choose')}
        </option>
        {others.map(({ id, one, standard }) => (
          <option key={id} value={id} selected={further === id}>
            {`${nameOf(one)} · ${nameOf(standard)}`}
          </option>
        ))}
      </select>
    </label>
  );
}
