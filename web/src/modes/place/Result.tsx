import type { PlaceResult } from '../../api/job-types';
import { served } from '../../api/served';
import { gapShare, minutes, points, share } from '../../format';
import { t } from '../../i18n';
import { rule } from '../../state/place';
import { language } from '../../state/settings';
import { chosenFunction } from '../../state/app';
import { nameOf } from '../../i18n';
import { Bar } from '../../ui/Bar';
import { Accept } from './Accept';
import { Curve } from './Curve';
import { FurtherTable, Phases, RunnersUp, Speeds, ZoneGains } from './Tables';
import { SiteList } from './SiteList';
import { Verify } from './Verify';

/** The plan: how good it is, what it changes, which sites, why these. */
export function Result({ plan }: { plan: PlaceResult }) {
  if (plan.sites.length === 0) return <Nothing plan={plan} />;
  return (
    <section class="stack result" data-testid="plan" data-status={plan.status} data-optimal={plan.optimal} data-value={plan.value ?? ''} data-bound={plan.bound ?? ''}>
      {plan.years?.reason && (
        <p class="empty" role="status" data-testid="years-nothing">
          <strong>{t('phases.noYears')}</strong> {plan.years.reason}
        </p>
      )}
      <div>
        {plan.promise && (
          <p class="hint" data-testid="plan-promise">
            {plan.promise}
          </p>
        )}
        <Verdict plan={plan} />
        <Change plan={plan} />
        <Beside plan={plan} />
      </div>
      <SiteList plan={plan} />
      {served('/api/v1/jobs/{job}/accept') && <Accept name={t('accept.name', { n: plan.sites.length, service: service() })} />}
      {plan.curve.length > 1 && <Curve plan={plan} />}
      {plan.phases.length > 0 && <Phases rows={plan.phases} years={plan.years ?? null} />}
      {served('/api/v1/jobs/{job}/verify') && <Verify />}
      <More plan={plan} />
    </section>
  );
}

const service = () => (chosenFunction.value ? nameOf(chosenFunction.value) : (rule.value ?? ''));

/** "Optimal" is said only where the bound proves it. */
function Verdict({ plan }: { plan: PlaceResult }) {
  return (
    <p class="plan-verdict">
      <span class={`pill ${plan.optimal ? 'good' : 'plain'}`} data-testid="plan-verdict">
        {t(plan.optimal ? 'plan.optimal' : 'plan.feasible')}
      </span>
      <span class="hint">{plan.optimal ? t('plan.optimalHint') : plan.gap === null ? t('plan.noBound') : t('plan.feasibleHint', { gap: gapShare(plan.gap, language.value) })}</span>
    </p>
  );
}

function Nothing({ plan }: { plan: PlaceResult }) {
  const infeasible = plan.status === 'infeasible';
  return (
    <section class={`empty${infeasible || plan.status === 'unsolved' ? '' : ' good'}`} role="status" data-testid="plan-nothing" data-status={plan.status}>
      <strong>{t(infeasible ? 'plan.infeasible' : plan.status === 'unsolved' ? 'plan.unsolved' : 'plan.nothing')}</strong>
      {plan.reason && <p>{plan.reason}</p>}
      {infeasible && <p class="hint">{t('plan.infeasibleHint')}</p>}
      {plan.status === 'unsolved' && <p class="hint">{t('plan.unsolvedHint')}</p>}
    </section>
  );
}

function Change({ plan }: { plan: PlaceResult }) {
  const { before, after } = plan;
  if (after.mean_min !== undefined && after.mean_min !== null && (plan.problem === 'p-median' || plan.problem === 'p-center')) return <Walks plan={plan} />;
  if (after.share === undefined || after.share === null) return null;
  const difference = after.share - (before.share ?? 0);
  return (
    <div class="plan-change" data-testid="plan-after" data-value={after.share}>
      <div class="ba-row">
        <div>
          <span class="hint">{t('whatif.before')}</span>
          <strong class="num">{share(before.share ?? null, language.value)}</strong>
        </div>
        <span class="ba-arrow" aria-hidden="true">
          →
        </span>
        <div>
          <span class="hint">{t('plan.after')}</span>
          <strong class="num ba-after">{share(after.share, language.value)}</strong>
        </div>
        <span class="change up num">{t('totals.change', { points: points(difference, language.value) })}</span>
      </div>
      <Bar share={after.share} />
    </div>
  );
}

/** Where the plan is told by more than one share, and what is to be known beside. */
function Beside({ plan: { headline = [], notes = [] } }: { plan: PlaceResult }) {
  const lines = [...(headline.length > 1 ? headline : []), ...notes];
  if (lines.length === 0) return null;
  return (
    <ul class="hint" data-testid="plan-beside">
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}

function Walks({ plan: { before, after } }: { plan: PlaceResult }) {
  const rows = [
    { key: 'plan.mean', was: before.mean_min, is: after.mean_min },
    { key: 'plan.longest', was: before.longest_min, is: after.longest_min },
  ] as const;
  return (
    <dl class="facts walks" data-testid="plan-walks">
      {rows.map(({ key, was, is }) => (
        <div key={key}>
          <dt>{t(key)}</dt>
          <dd class="num">
            {minutes(was ?? null, language.value)} → <strong>{minutes(is ?? null, language.value)}</strong> {t('unit.min')}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function More({ plan }: { plan: PlaceResult }) {
  return (
    <div class="folds">
      {plan.runners_up.length > 0 && (
        <details data-testid="runners-up">
          <summary>{t('plan.runnersUp', { n: plan.runners_up.length })}</summary>
          <RunnersUp rows={plan.runners_up} sites={plan.sites} />
        </details>
      )}
      {plan.sensitivity.length > 0 && (
        <details data-testid="plan-speeds">
          <summary>{t('speed.title')}</summary>
          <Speeds rows={plan.sensitivity} />
        </details>
      )}
      {plan.zones.length > 0 && (
        <details data-testid="plan-zones">
          <summary>{t('plan.zones')}</summary>
          <ZoneGains rows={plan.zones} />
        </details>
      )}
      {plan.tables?.map((table) => <FurtherTable key={table.id} table={table} />)}
      {plan.candidates !== undefined && <p class="hint">{plan.candidates.from}</p>}
    </div>
  );
}
