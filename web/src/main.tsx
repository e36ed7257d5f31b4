import 'maplibre-gl/dist/maplibre-gl.css';
import './styles/base.css';
import './styles/layout.css';
import './styles/shell.css';
import './styles/whatif.css';
import './styles/compare.css';
import './styles/controls.css';
import './styles/totals.css';
import './styles/lists.css';
import './styles/states.css';
import './styles/place.css';
import './styles/plan.css';
import './styles/conditions.css';
import './styles/audit.css';
import './styles/dialog.css';
import { effect } from '@preact/signals';
import { render } from 'preact';
import { mapDrawn } from './map/first-draw';
import { App } from './panels/App';
import { listenToKeys } from './panels/keys';
import { offerTour } from './panels/tour-steps';
import { start, study, urlState } from './state/app';
import { query } from './state/app';
import { compositeShown, need } from './state/composite';
import { formatHash } from './state/url';
import { bringRest } from './ui/later';

const opened = window.location.hash;
start(opened);
const stopOffering = effect(() => {
  if (study.value === null) return;
  queueMicrotask(() => {
    stopOffering();
    offerTour(opened);
  });
});
listenToKeys();
const stopWaiting = effect(() => {
  if (!mapDrawn.value) return;
  queueMicrotask(() => stopWaiting());
  bringRest();
});

let writing: ReturnType<typeof setTimeout> | undefined;
effect(() => {
  const hash = formatHash({ ...urlState.value, ...(compositeShown.value ? { need: [...need.value] } : {}) });
  if (query.value === null) return;
  clearTimeout(writing);
  writing = setTimeout(() => window.history.replaceState(null, '', hash === '' ? window.location.pathname + window.location.search : hash), 150);
});
// Someone edits the link by hand: begin again from it.
window.addEventListener('hashchange', () => window.location.reload());

const root = document.getElementById('app');
if (root !== null) render(<App />, root);
