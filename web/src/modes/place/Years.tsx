import { t } from '../../i18n';
import { change, form, SITES_MAX, YEARS_MAX } from '../../state/place';
import { Stepper } from '../../ui/Stepper';

/** Over how many years sites open, and how many, or for how much, in each. */
export function Years() {
  const { phased, yearly, firstYear, problem, by } = form.value;
  const always = problem === 'years';
  const resize = (n: number) => change({ yearly: Array.from({ length: n }, (_, i) => yearly[i] ?? yearly.at(-1) ?? 1) });
  return (
    <div>
      {!always && (
        <label class="switch">
          <span>{t('place.phased')}</span>
          <input type="checkbox" role="switch" data-testid="place-phased" checked={phased} onChange={() => change({ phased: !phased })} />
        </label>
      )}
      {(always || phased) && (
        <>
          <div class="pair years-head">
            <Stepper id="place-first-year" label={t('place.firstYear')} value={firstYear} min={1990} max={2100} onChange={(year) => change({ firstYear: year })} />
            <Stepper id="place-years" label={t('place.years')} value={yearly.length} min={2} max={YEARS_MAX} onChange={resize} />
          </div>
          {always && (
            <ol class="years" aria-label={t(by === 'budget' ? 'place.yearlyBudget' : 'place.yearly')}>
              {yearly.map((n, i) => (
                <li key={i}>
                  <Stepper
                    id={`place-year-${i}`}
                    label={String(firstYear + i)}
                    value={n}
                    min={0}
                    max={by === 'budget' ? 1e9 : SITES_MAX}
                    onChange={(next) => change({ yearly: yearly.map((old, j) => (j === i ? next : old)) })}
                  />
                </li>
              ))}
            </ol>
          )}
        </>
      )}
    </div>
  );
}
