import { coverageLoader, facilitiesLoader, gapsLoader, zonesLoader } from '../state/app';
import { editProblem, scenarioLoader, scenariosLoader } from '../state/scenario';
import { t } from '../i18n';
import { Notice } from '../ui/Notice';

/** One notice, however many requests failed together; a refused edit has its own. */
export function Problems() {
  const failed = [coverageLoader, gapsLoader, zonesLoader, facilitiesLoader, scenariosLoader, scenarioLoader].filter((loader) => loader.state.value.kind === 'failed');
  const state = failed[0]?.state.value;
  const refused = editProblem.value;
  return (
    <>
      {state?.kind === 'failed' && <Notice problem={state.problem} onRetry={() => failed.forEach((loader) => loader.retry())} />}
      {refused !== null && (
        <Notice problem={refused} title={t('scenario.refused')} retry={t('scenario.dismiss')} onRetry={() => (editProblem.value = null)} />
      )}
    </>
  );
}
