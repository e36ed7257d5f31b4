import { t } from '../i18n';
import { pin, query, study, studyLoader } from '../state/app';
import { MapArea } from '../map/MapArea';
import { Notice } from '../ui/Notice';
import { Header } from './Header';
import { PlacePanel } from './PlacePanel';
import { Sheet } from './Sheet';
import { StudyPanel } from './StudyPanel';

export function App() {
  const known = study.value;
  const state = studyLoader.state.value;
  if (known === null || query.value === null) {
    return (
      <main class="opening" data-testid="opening">
        {state.kind === 'failed' ? (
          <Notice problem={state.problem} title={t('error.study')} onRetry={() => studyLoader.retry()} />
        ) : (
          <p class="opening-text" role="status">
            <span class="spinner" aria-hidden="true" />
            {t('app.loading')}
          </p>
        )}
      </main>
    );
  }
  const placeOpen = pin.value !== null;
  return (
    <div class={`app${placeOpen ? ' place-open' : ''}`}>
      <a class="skip" href="#map" onClick={focusMap}>
        {t('app.skip')}
      </a>
      <Header study={known} />
      <MapArea study={known} />
      <Sheet>
        <StudyPanel study={known} />
        {placeOpen && <PlacePanel study={known} />}
      </Sheet>
    </div>
  );
}

function focusMap(event: Event): void {
  event.preventDefault();
  document.querySelector<HTMLElement>('.maplibregl-canvas')?.focus();
}
