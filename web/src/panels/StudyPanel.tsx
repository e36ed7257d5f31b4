import type { Study } from '../api/types';
import { t } from '../i18n';
import { coverageLoader, facilitiesLoader, gapsLoader, tab, zonesLoader } from '../state/app';
import { TABS, type Tab } from '../state/url';
import { Notice } from '../ui/Notice';
import { Controls } from './Controls';
import { GapList } from './GapList';
import { LayerList } from './LayerList';
import { Overview } from './Overview';
import { Totals } from './Totals';
import { ZoneTable } from './ZoneTable';

export function StudyPanel({ study }: { study: Study }) {
  return (
    <div class="study-panel">
      <Controls study={study} />
      <Problems />
      <Totals />
      <Tabs />
      <div role="tabpanel" id="tabpanel" class="tabpanel" aria-labelledby={`tab-${tab.value}`} tabIndex={-1}>
        {tab.value === 'overview' && <Overview />}
        {tab.value === 'gaps' && <GapList />}
        {tab.value === 'zones' && <ZoneTable study={study} />}
        {tab.value === 'layers' && <LayerList study={study} />}
      </div>
    </div>
  );
}

/** One notice, however many requests failed together. */
function Problems() {
  const failed = [coverageLoader, gapsLoader, zonesLoader, facilitiesLoader].filter((loader) => loader.state.value.kind === 'failed');
  const state = failed[0]?.state.value;
  if (state?.kind !== 'failed') return null;
  return <Notice problem={state.problem} onRetry={() => failed.forEach((loader) => loader.retry())} />;
}

function Tabs() {
  const move = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const next = TABS[(TABS.indexOf(tab.peek()) + step + TABS.length) % TABS.length] as Tab;
    tab.value = next;
    document.getElementById(`tab-${next}`)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label={t('tab.label')} onKeyDown={move}>
      {TABS.map((id) => (
        <button
          key={id}
          type="button"
          role="tab"
          id={`tab-${id}`}
          data-testid={`tab-${id}`}
          aria-selected={tab.value === id}
          aria-controls="tabpanel"
          tabIndex={tab.value === id ? 0 : -1}
          onClick={() => (tab.value = id)}
        >
          {t(`tab.${id}`)}
        </button>
      ))}
    </div>
  );
}
