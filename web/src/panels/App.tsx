import { served } from '../api/served';
import type { Study } from '../api/types';
import { t } from '../i18n';
import { tilesAsked } from '../map/first-draw';
import { MapArea } from '../map/MapArea';
import { currentMode } from '../modes/registry';
import { pin, query, study, studyLoader } from '../state/app';
import { mode } from '../state/mode';
import { narrow } from '../state/screen';
import { opening } from '../state/study';
import { later } from '../ui/later';
import { Notice } from '../ui/Notice';
import { Controls, FoldedControls } from './Controls';
import { Deleted } from './Deleted';
import { Help } from './Help';
import { ModeBar } from './ModeBar';
import { Problems } from './Problems';
import { Sheet } from './Sheet';
import { TopBar } from './TopBar';
import { Tour } from './Tour';
import { Upload } from './Upload';

const PlacePanel = later(() => import('./PlacePanel').then((part) => part.PlacePanel));

export function App() {
  const known = study.value;
  if (known === null || query.value === null) return <Opening />;
  const placeOpen = pin.value !== null && mode.value !== 'reach';
  return (
    <div class={`app${placeOpen ? ' place-open' : ''}`} data-mode-now={mode.value}>
      <a class="skip" href="#map" onClick={focusMap}>
        {t('app.skip')}
      </a>
      {tilesAsked.value && <TopBar study={known} />}
      {tilesAsked.value && <ModeBar />}
      <MapArea study={known} />
      {tilesAsked.value ? <Panels study={known} placeOpen={placeOpen} /> : <aside class="panel" />}
    </div>
  );
}

function Panels({ study: known, placeOpen }: { study: Study; placeOpen: boolean }) {
  return (
    <>
      <Deleted />
      <Help />
      <Tour />
      {served('layers') && <Upload />}
      <Sheet>
        <ModePanel study={known} />
        {placeOpen && <PlacePanel study={known} />}
      </Sheet>
    </>
  );
}

function ModePanel({ study: known }: { study: Study }) {
  const { id, question, Panel } = currentMode();
  return (
    <div class={`mode-panel mode-${id}`} data-testid={`panel-${id}`}>
      <h2 class="mode-title">{t(`mode.${id}.title`)}</h2>
      {question === 'open' && !narrow.value && <Controls study={known} />}
      {(question === 'folded' || (question === 'open' && narrow.value)) && <FoldedControls study={known} />}
      <Problems />
      <Panel study={known} />
    </div>
  );
}

function Opening() {
  const state = studyLoader.state.value;
  const job = opening.value;
  return (
    <main class="opening" data-testid="opening">
      {state.kind === 'failed' ? (
        <Notice problem={state.problem} title={t('error.study')} onRetry={() => studyLoader.retry()} />
      ) : (
        <div class="opening-text" role="status">
          <span class="spinner" aria-hidden="true" />
          <span>
            {t('app.loading')}
            {job?.step ? <span class="hint"> {job.step}</span> : null}
          </span>
        </div>
      )}
    </main>
  );
}

function focusMap(event: Event): void {
  event.preventDefault();
  document.querySelector<HTMLElement>('.maplibregl-canvas')?.focus();
}
