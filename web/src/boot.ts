// The first thing that runs: begins what is needed in any case while the page and the map are still on their way.
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import { earlyStudy } from './api/early';

/** Starts the map's worker now; the map gets this one when it asks for its first. */
function workerAhead(): void {
  const Native = window.Worker;
  const begun = new Native(workerUrl, { type: 'module' });
  const restore = () => (window.Worker = Native);
  begun.addEventListener('error', restore, { once: true });
  window.Worker = new Proxy(Native, {
    construct(kind, [address, options]: ConstructorParameters<typeof Worker>) {
      if (address !== workerUrl) return new kind(address, options);
      restore();
      return begun;
    },
  });
}

workerAhead();
void earlyStudy(new URLSearchParams(window.location.hash.slice(1)).get('study'));
void import('./main');
