// The first thing that runs: asks for what is needed in any case while the page and the map are still on their way.
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import { early } from './api/early';

early('studies');
// The map's worker comes out of the cache when the map begins.
void fetch(workerUrl).catch(() => undefined);
void import('./main');
