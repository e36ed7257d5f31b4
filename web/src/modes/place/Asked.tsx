import { PROBLEMS } from '../../api/job-types';
import { takes } from '../../api/served';
import type { Study } from '../../api/types';
import { nameOf, t } from '../../i18n';
import { change, chooseRule, form, rule, SITES_MAX, TIME_LIMITS_S } from '../../state/place';
import { hasTarget, mayLimitMoney, mayPhase, problemOf, type Objective } from '../../state/place-ask';
import { Segments } from '../../ui/Segments';
import { Stepper } from '../../ui/Stepper';
import { Conditions } from './Conditions';
import { Own } from './Own';
import { Years } from './Years';

const served = (id: Objective) => takes('place', 'problem', problemOf(id)) && (id !== 'years' || takes('place', 'yearly_sites'));
/** By what is asked for: people, walks, gates, several promises. */
const OBJECTIVES: readonly { group: 'people' | 'walks' | 'more'; ids: readonly Objective[] }[] = [
  { group: 'people', ids: ['mclp', 'years', 'lscp', 'cost-to-target', 'lscp-b', 'worst-zone', 'capacitated'] },
  { group: 'walks', ids: ['p-median', 'p-center', 'p-dispersion', 'gates'] },
  { group: 'more', ids: ['two-tier', 'center', 'pareto'] },
];
const PHASED = takes('place', 'phases');
if (OBJECTIVES.flatMap(({ ids }) => ids).length !== PROBLEMS.length + 1) throw new Error('an objective is not offered');

/** For which promise, to which end, how many. */
export function Asked({ study }: { study: Study }) {
  const { problem } = form.value;
  return (
    <>
      <Promise study={study} />
      <Objectives />
      <Amount />
      <Own study={study} />
      {(problem === 'years' || (PHASED && mayPhase(problem) && problem !== 'mclp')) && <Years />}
      <Conditions />
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

/** One of all ends, each with a sentence that says what it is. */
function Objectives() {
  const { problem } = form.value;
  return (
    <div class="field">
      <label class="field-label" for="place-problem">
        {t('place.objective')}
      </label>
      <select id="place-problem" data-testid="place-problem" aria-describedby="place-problem-hint" value={problem} onChange={(event) => change({ problem: event.currentTarget.value as Objective })}>
        {OBJECTIVES.map(({ group, ids }) => (
          <optgroup key={group} label={t(`objective.${group}`)}>
            {ids.filter(served).map((id) => (
              <option key={id} value={id} selected={id === problem}>
                {t(`problem.${id}`)}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
      <p class="hint" id="place-problem-hint">
        {t(`problem.${problem}.hint`)}
      </p>
    </div>
  );
}

function Amount() {
  const wish = form.value;
  const { problem } = wish;
  const money = mayLimitMoney(problem);
  const byMoney = money && wish.by === 'budget';
  return (
    <>
      {money && (
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
        {problem === 'years' ? (
          <span class="hint pair-text">{t('place.byYears')}</span>
        ) : hasTarget(problem) ? (
          <Stepper id="place-target" label={t('place.target')} value={wish.target} min={1} max={100} step={1} unit="%" onChange={(target) => change({ target })} />
        ) : problem === 'gates' ? (
          <Stepper id="place-gates" label={t('place.gates')} value={wish.gates} min={0} max={SITES_MAX} onChange={(gates) => change({ gates })} />
        ) : byMoney ? (
          <Stepper id="place-budget" label={t('place.budget')} value={wish.budget} min={0} max={1e9} onChange={(budget) => change({ budget })} />
        ) : (
          <Stepper id="place-sites" label={t('place.sites')} value={wish.sites} min={1} max={SITES_MAX} onChange={(sites) => change({ sites })} />
        )}
        <TimeLimit />
      </div>
      {byMoney && <p class="hint">{t('place.budgetHint')}</p>}
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
