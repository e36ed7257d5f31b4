import type { Job, PlaceUnit, TrailPoint } from '../../api/job-types';
import { cost, count, duration, gapShare, persons } from '../../format';
import { t } from '../../i18n';
import { form, plan, run } from '../../state/place';
import { language } from '../../state/settings';
import { GapChart } from './GapChart';
import { gapOf } from './stairs';

/** What a value of the search is counted in, as text. */
export function amount(value: number | null, unit: PlaceUnit): string {
  if (value === null) return '–';
  switch (unit) {
    case 'sites':
      return t('unit.sites', { n: count(Math.ceil(value - 1e-9), language.value) });
    case 'percent':
      return t('unit.percent', { n: cost(value, language.value) });
    case 'cost':
      return cost(value, language.value);
    case 'min':
      return `${cost(value, language.value)} ${t('unit.min')}`;
    case 'person_min':
      return t('unit.personMin', { n: persons(value, language.value) });
    default:
      return persons(value, language.value);
  }
}

const UNITS: Record<string, PlaceUnit> = { lscp: 'sites', 'lscp-b': 'sites', 'cost-to-target': 'cost', 'worst-zone': 'percent', 'p-median': 'person_min', 'p-center': 'min', 'p-dispersion': 'min' };
const unitNow = (): PlaceUnit => plan.value?.unit ?? UNITS[form.value.problem] ?? 'persons';

/** The search as it goes: the best so far, the bound, and the gap between them closing. */
export function Progress() {
  const job = run.job.value;
  const trail = job?.trail ?? [];
  const last = trail.at(-1);
  const busy = run.busy.value;
  return (
    <section class={`progress${busy ? ' busy' : ''}`} data-testid="progress" data-state={job?.state ?? 'queued'} aria-label={t('progress.label')}>
      <div class="progress-head">
        <span class="progress-step" role="status">
          {busy && <span class="spinner" aria-hidden="true" />}
          {stepText(job)}
        </span>
        <span class="num hint">{duration(job?.elapsed_s ?? 0, language.value)}</span>
      </div>
      {last !== undefined && <Numbers last={last} />}
      {trail.length > 0 && <GapChart trail={trail} until={busy ? (job?.elapsed_s ?? 0) : (trail.at(-1)?.s ?? 0)} unit={unitNow()} />}
      {busy && last === undefined && <Bare job={job} />}
      {busy && (
        <button type="button" class="button" data-testid="place-stop" disabled={run.stopping.value} onClick={() => void run.stop()}>
          {t(run.stopping.value ? 'progress.stopping' : 'progress.stop')}
        </button>
      )}
    </section>
  );
}

function stepText(job: Job | null): string {
  switch (job?.state) {
    case 'done':
      return t('progress.done');
    case 'cancelled':
      return t('progress.cancelled');
    case 'failed':
      return t('progress.failed');
    case 'running':
      return stepName(job.step ?? '');
    default:
      return t('progress.queued');
  }
}

const STEPS = ['reading', 'building', 'linking', 'reaching', 'assessing', 'writing', 'solving'] as const;

/** What the work is at. */
export function stepName(step: string): string {
  const known = STEPS.find((one) => one === step);
  return known === undefined ? t('progress.working') : t(`step.${known}`);
}

function Numbers({ last }: { last: TrailPoint }) {
  const unit = unitNow();
  const gap = gapOf(last.value, last.bound);
  return (
    <dl class="progress-numbers" data-testid="progress-numbers">
      <div>
        <dt>
          <span class="swatch covered" aria-hidden="true" />
          {t('progress.value')}
        </dt>
        <dd class="num" data-testid="progress-value" data-value={last.value ?? ''}>
          {amount(last.value, unit)}
        </dd>
      </div>
      <div>
        <dt>
          <span class="swatch bound" aria-hidden="true" />
          {t('progress.bound')}
        </dt>
        <dd class="num" data-testid="progress-bound" data-value={last.bound ?? ''}>
          {amount(last.bound, unit)}
        </dd>
      </div>
      <div>
        <dt>{t('progress.gap')}</dt>
        <dd class="num" data-testid="progress-gap" data-value={gap ?? ''}>
          {gapShare(gap, language.value)}
        </dd>
      </div>
    </dl>
  );
}

/** Before there is anything to draw: how far the preparation is. */
function Bare({ job }: { job: Job | null }) {
  const part = job?.total ? (job.done ?? 0) / job.total : null;
  return (
    <span class="bar" aria-hidden="true">
      <span class={`bar-fill covered${part === null ? ' waiting-bar' : ''}`} style={part === null ? {} : { width: `${Math.min(100, part * 100)}%` }} />
    </span>
  );
}
