import { PROBLEMS, type ProblemId } from '../../api/job-types';
import { takes } from '../../api/served';
import type { Study } from '../../api/types';
import { nameOf, t } from '../../i18n';
import { change, chooseRule, form, rule, SITES_MAX, TIME_LIMITS_S } from '../../state/place';
import { Segments } from '../../ui/Segments';
import { Stepper } from '../../ui/Stepper';
import { Years } from './Years';

const OBJECTIVES = PROBLEMS.filter((id) => takes('place', 'problem', id));
const PHASED = { mclp: takes('place', 'yearly_sites'), lscp: takes('place', 'phases'), 'p-median': false, 'p-center': false };

/** For which promise, to which end, how many. */
export function Asked({ study }: { study: Study }) {
  const wish = form.value;
  return (
    <>
      <Promise study={study} />
      <fieldset class="plain">
        <legend class="field-label">{t('place.objective')}</legend>
        <div class="choices">
          {OBJECTIVES.map((id) => (
            <Objective key={id} id={id} />
          ))}
        </div>
      </fieldset>
      <Amount />
      {PHASED[wish.problem] && <Years />}
    </>
  );
}

function Promise({ study }: { study: Study }) {
  if (study.standards.length === 0) return null;
  return (
    <label class="field" for="place-rule">
      <span class="field-label">{t('place.promise')}</span>
      <select id="place-rule" data-testid="place-rule" value={rule.value ?? ''} onChange={(event) => chooseRule(event.currentTarget.value || null)}>
        <option value="" selected={rule.value === null}>
          {t('place.promiseAbove')}
        </option>
        {study.standards.map((standard) => (
          <optgroup key={standard.id} label={nameOf(standard)}>
            {standard.rules.map((one) => {
              const id = `${standard.id}/${one.id}`;
              return (
                <option key={id} value={id} selected={rule.value === id}>
                  {nameOf(one)}
                </option>
              );
            })}
          </optgroup>
        ))}
      </select>
    </label>
  );
}

function Objective({ id }: { id: ProblemId }) {
  const on = form.value.problem === id;
  return (
    <label class={`choice${on ? ' on' : ''}`}>
      <input type="radio" name="place-problem" value={id} checked={on} data-testid={`problem-${id}`} onChange={() => change({ problem: id })} />
      <span>
        <strong>{t(`problem.${id}`)}</strong>
        <span class="hint">{t(`problem.${id}.hint`)}</span>
      </span>
    </label>
  );
}

function Amount() {
  const wish = form.value;
  const count = <Stepper id="place-sites" label={t('place.sites')} value={wish.sites} min={1} max={SITES_MAX} onChange={(sites) => change({ sites })} />;
  if (wish.problem === 'lscp') {
    return (
      <div class="pair">
        <Stepper id="place-target" label={t('place.target')} value={wish.target} min={1} max={100} step={1} unit="%" onChange={(target) => change({ target })} />
        <TimeLimit />
      </div>
    );
  }
  const capped = wish.problem === 'mclp' && !wish.phased;
  return (
    <>
      {capped && (
        <Segments
          label={t('place.limit')}
          value={wish.by}
          choices={[
            { value: 'sites', text: t('place.bySites') },
            { value: 'budget', text: t('place.byBudget') },
          ]}
          onChoose={(by) => change({ by: by as 'sites' | 'budget' })}
        />
      )}
      <div class="pair">
        {wish.problem === 'mclp' && wish.phased ? (
          <span class="hint pair-text">{t('place.byYears')}</span>
        ) : capped && wish.by === 'budget' ? (
          <Stepper id="place-budget" label={t('place.budget')} value={wish.budget} min={0} max={1e9} onChange={(budget) => change({ budget })} />
        ) : (
          count
        )}
        <TimeLimit />
      </div>
      {capped && wish.by === 'budget' && <p class="hint">{t('place.budgetHint')}</p>}
    </>
  );
}

function TimeLimit() {
  return (
    <label class="field" for="place-time">
      <span class="field-label">{t('place.timeLimit')}</span>
      <select id="place-time" data-testid="place-time" value={String(form.value.timeLimitS)} onChange={(event) => change({ timeLimitS: Number(event.currentTarget.value) })}>
        {TIME_LIMITS_S.map((seconds) => (
          <option key={seconds} value={String(seconds)} selected={seconds === form.value.timeLimitS}>
            {seconds < 60 ? t('place.seconds', { n: seconds }) : t('place.minutes', { n: seconds / 60 })}
          </option>
        ))}
      </select>
    </label>
  );
}
