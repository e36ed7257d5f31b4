import { served } from '../../api/served';
import type { Study } from '../../api/types';
import { t } from '../../i18n';
import { Totals } from '../../panels/Totals';
import { tab } from '../../state/app';
import { compositeShown } from '../../state/composite';
import type { Tab } from '../../state/url';
import { Missing } from './Missing';
import { MissingTotals } from './MissingTotals';
import { Overview } from './Overview';
import { ZoneTable } from './ZoneTable';

const SHOWN: readonly Tab[] = served('composite') ? ['summary', 'zones', 'missing'] : ['summary', 'zones'];

/** Who is within reach of the service: in all, by minute, by zone. */
export function CoveragePanel({ study }: { study: Study }) {
  return (
    <>
      {compositeShown.value ? <MissingTotals /> : <Totals />}
      <Tabs />
      <div role="tabpanel" id="tabpanel" class="tabpanel" aria-labelledby={`tab-${tab.value}`} tabIndex={-1}>
        {tab.value === 'summary' && <Overview />}
        {tab.value === 'zones' && <ZoneTable study={study} />}
        {tab.value === 'missing' && <Missing study={study} />}
      </div>
    </>
  );
}

function Tabs() {
  const move = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const next = SHOWN[(SHOWN.indexOf(tab.peek()) + step + SHOWN.length) % SHOWN.length] as Tab;
    tab.value = next;
    document.getElementById(`tab-${next}`)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label={t('tab.label')} onKeyDown={move}>
      {SHOWN.map((id) => (
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
