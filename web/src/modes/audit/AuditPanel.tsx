import { useEffect } from 'preact/hooks';
import type { Study } from '../../api/types';
import { duration } from '../../format';
import { t } from '../../i18n';
import { audited, readServed, run, stale, start } from '../../state/audit';
import { scenario, scenarioId } from '../../state/scenario';
import { language } from '../../state/settings';
import { readOnly } from '../../state/study';
import { Notice } from '../../ui/Notice';
import { stepName } from '../place/Progress';
import { Files } from './Files';
import { Findings } from './Findings';
import { TakeAway } from './TakeAway';
import { Standards } from './Word';

/** Every rule of every standard in one run: what is met, what is not, and the papers to hand in. */
export function AuditPanel({ study }: { study: Study }) {
  const fixed = readOnly.value;
  useEffect(() => void (fixed ? readServed(study.id) : run.resume('audit', study.id)), [study.id, fixed]);
  const found = audited.value;
  const problem = run.problem.value;
  const busy = run.busy.value;
  const rules = study.standards.reduce((sum, standard) => sum + standard.rules.length, 0);
  return (
    <div class="stack audit-mode">
      {!fixed && (
        <section>
          <p class="hint audit-subject">{t('audit.subject', { n: rules, of: scenarioId.value === null ? t('scenario.baseline') : (scenario.value?.name ?? '') })}</p>
          {busy ? <Working /> : <Start again={found !== null} />}
        </section>
      )}
      {problem !== null && <Notice problem={problem} title={t('audit.failed')} onRetry={start} />}
      {run.job.value?.state === 'cancelled' && !busy && <p class="hint">{t('progress.cancelled')}</p>}
      {found === null && !busy && <Standards study={study} />}
      {found !== null && (
        <>
          {stale.value && !busy && (
            <p class="hint stale-note" role="status" data-testid="audit-stale">
              {t('audit.stale')}
            </p>
          )}
          <Findings found={found} study={study} />
          <Files />
        </>
      )}
      <TakeAway study={study} />
    </div>
  );
}

function Start({ again }: { again: boolean }) {
  return (
    <button type="button" class={`button wide${again && !stale.value ? '' : ' primary'}`} data-testid="audit-run" onClick={start}>
      {t(again ? 'audit.again' : 'audit.run')}
    </button>
  );
}

function Working() {
  const job = run.job.value;
  const part = job?.total ? (job.done ?? 0) / job.total : null;
  return (
    <div class="progress busy" data-testid="audit-progress">
      <div class="progress-head">
        <span class="progress-step" role="status">
          <span class="spinner" aria-hidden="true" />
          {job === null || job.state === 'queued' ? t('progress.queued') : stepName(job.step ?? '')}
        </span>
        <span class="num hint">{duration(job?.elapsed_s ?? 0, language.value)}</span>
      </div>
      <span class="bar" aria-hidden="true">
        <span class={`bar-fill covered${part === null ? ' waiting-bar' : ''}`} style={part === null ? {} : { width: `${Math.min(100, part * 100)}%` }} />
      </span>
      <button type="button" class="button small" data-testid="audit-stop" disabled={run.stopping.value} onClick={() => void run.stop()}>
        {t(run.stopping.value ? 'progress.stopping' : 'audit.stop')}
      </button>
    </div>
  );
}
