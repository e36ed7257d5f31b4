// Owns the MapLibre map: feeds it signals, reports what the reader does with it.
import { effect, untracked, type ReadonlySignal } from '@preact/signals';
import { Map as MapLibre, Marker, prewarm, setWorkerUrl, type GeoJSONSource, type LayerSpecification, type VectorTileSource } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import { tiles } from '../api/client';
import type { LonLat, Study } from '../api/types';
import { t } from '../i18n';
import type { MapHit } from '../modes/mode';
import { PALETTES } from '../palette';
import * as app from '../state/app';
import { dragged, obstacle } from '../modes/whatif/drag';
import { chosenSite, firstSide } from '../modes/whatif/tools';
import { compositeShown, need, needed } from '../state/composite';
import { differenceLoader } from '../state/compare';
import { gainLoader, gainShown } from '../state/gain';
import { mode } from '../state/mode';
import { latest } from '../state/resource';
import { chosenPlan, locks, plan } from '../state/place';
import { epoch, overlay, scenario, site } from '../state/scenario';
import { theme } from '../state/settings';
import { changeSheet } from './change';
import { coarseWhileMoving } from './coarse';
import { drawOnceReady, mapDrawn } from './first-draw';
import { addIcons } from './icons';
import { mapNow } from './now';
import { hitAt, interact } from './pointer';
import type { Scene } from './scene';
import { candidateShapes, planShapes } from './plan-shapes';
import { circleShapes, editShapes, gapPoints, NOTHING, pinShapes, reachShapes, reachStreetShapes, routeShapes, boundsOf, type Bounds } from './shapes';
import { layersOf, repaint, styleOf, type DataSource } from './style';

setWorkerUrl(workerUrl);
// The worker starts while the study is still on its way.
prewarm();

const FIT_MAX_ZOOM = 15.5;
/** Room for what is said beside the pointer, in pixels. */
const NOTE_PX = 220;

export interface Padding {
  top: number;
  right: number;
  bottom: number;
  left: number;
}

export interface Hover {
  x: number;
  y: number;
  text: string;
}

export interface MapHooks {
  /** Space the panels cover, in CSS pixels. */
  padding: () => Padding;
  onState: (state: 'loading' | 'idle') => void;
  onHover: (hover: Hover | null) => void;
  onTileError: (failed: boolean) => void;
  /** A click, or Enter at the middle of the map. */
  onClick: (hit: MapHit) => void;
  /** What the mode on screen adds to the map; follows the mode. */
  attach: (map: MapLibre) => () => void;
}

export interface MapHandle {
  zoomBy: (steps: number) => void;
  fitStudy: () => void;
  inspectCenter: () => void;
  label: (text: string) => void;
  remove: () => void;
}

export function sceneNow(): Scene {
  return {
    palette: PALETTES[theme.value],
    theme: theme.value,
    composite: compositeShown.value,
    need: needed.value,
    cutoffMin: app.query.value?.cutoff_min ?? 15,
    hidden: app.hidden.value,
    mode: mode.value,
    reach: app.reachShown.value,
    gain: mode.value === 'whatif' && gainShown.value,
    gainMax: latest(gainLoader.state.value)?.max_gained_persons ?? 1,
    site: mode.value === 'whatif' ? chosenSite.value : null,
    candidate: mode.value === 'place' ? chosenPlan.value : null,
    zone: app.chosenZone.value,
    gap: app.chosenGap.value,
  };
}

/** Starts the map in `container`. Throws where WebGL is missing. */
export function startMap(container: HTMLElement, study: Study, hooks: MapHooks): MapHandle {
  const query = app.query.peek() ?? { ...study.default };
  const here = site.peek() ?? { study: study.id, scenario: null };
  const view = app.view.peek();
  const scene = untracked(sceneNow);
  const calm = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
  const map = new MapLibre({
    container,
    style: styleOf(scene, { site: here, query }),
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    maxPitch: 0,
    maxZoom: 18.5,
    renderWorldCopies: false,
    validateStyle: import.meta.env.DEV,
    fadeDuration: calm ? 0 : 150,
    ...(view ? { center: [view.lon, view.lat] as [number, number], zoom: view.zoom } : { bounds: study.bounds, fitBoundsOptions: { padding: hooks.padding() } }),
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  const stops: (() => void)[] = [];
  map.on('dataloading', () => hooks.onState('loading'));
  map.on('movestart', () => {
    hooks.onState('loading');
    hooks.onTileError(false);
  });
  map.on('idle', () => hooks.onState('idle'));
  map.on('error', (event) => {
    if ('sourceId' in event) hooks.onTileError(true);
  });
  drawOnceReady(map);
  mapNow.value = map;
  map.once('style.load', () => {
    stops.push(...follow(map, scene, hooks));
    stops.push(...interact(map, hooks));
  });
  map.on('moveend', () => {
    const { lng, lat } = map.getCenter();
    app.view.value = { zoom: map.getZoom(), lat, lon: lng };
  });
  const inspectCenter = () => {
    const { lng, lat } = map.getCenter();
    hooks.onClick(hitAt(map, map.project([lng, lat]), [lng, lat], null));
  };
  map.getCanvas().addEventListener('keydown', (event) => {
    if (event.key === 'Enter') inspectCenter();
  });
  return {
    zoomBy: (steps) => map.easeTo({ zoom: map.getZoom() + steps, duration: calm ? 0 : 250 }),
    fitStudy: () => map.fitBounds(study.bounds, { padding: hooks.padding(), animate: !calm }),
    inspectCenter,
    label: (text) => map.getCanvas().setAttribute('aria-label', text),
    remove: () => {
      stops.forEach((stop) => stop());
      mapNow.value = null;
      map.remove();
    },
  };
}

/** Repaints the layers whenever the scene changes. */
export function followScene(map: MapLibre, first: Scene, now: () => Scene): () => void {
  addIcons(map, first.palette);
  let drawn: LayerSpecification[] = layersOf(first);
  let palette = first.palette;
  return effect(() => {
    const scene = now();
    const next = layersOf(scene);
    repaint(map, drawn, next);
    drawn = next;
    if (scene.palette !== palette) addIcons(map, scene.palette);
    palette = scene.palette;
  });
}

/** Effects that carry the state to the map. */
function follow(map: MapLibre, first: Scene, hooks: MapHooks): (() => void)[] {
  const put = (id: DataSource, data: GeoJSON.GeoJSON) => void map.getSource<GeoJSONSource>(id)?.setData(data);
  const source = <T>(id: DataSource, from: ReadonlySignal<T>, shape: (value: T) => GeoJSON.GeoJSON) => effect(() => put(id, shape(from.value)));
  let tilesShown = '';
  let tilesEpoch = epoch.peek();
  return [
    followScene(map, first, sceneNow),
    effect(() => put('plan-candidates', candidateShapes(plan.value, locks.value))),
    effect(() => put('plan-sites', planShapes(plan.value))),
    source('difference', differenceLoader.state, (points) => latest(points) ?? NOTHING),
    effect(() => {
      const [query, here, now] = [app.query.value, site.value, epoch.value];
      if (query === null || here === null) return;
      const address = tiles.time(here, query.function, query.profile);
      const [known, edited] = [tilesShown, now !== tilesEpoch];
      [tilesShown, tilesEpoch] = [address, now];
      if (address === known && !edited) return;
      hooks.onTileError(false);
      // The same address again after an edit: the browser asks whether each tile is still the same.
      if (address === known) map.refreshTiles('time');
      else if (known !== '') map.getSource<VectorTileSource>('time')?.setTiles([address]);
      if (edited) map.once('idle', () => settle(now));
    }),
    effect(() => {
      const [query, here, now] = [app.query.value, site.value, epoch.value];
      if (query === null || here === null || !compositeShown.value || need.value.length === 0 || now < 0) return;
      map.getSource<VectorTileSource>('composite')?.setTiles([tiles.composite(here, query, need.value)]);
    }),
    effect(() => {
      const [query, here, now] = [app.query.value, site.value, epoch.value];
      if (query === null || here === null || !gainShown.value || now < 0) return;
      map.getSource<VectorTileSource>('gain')?.setTiles([tiles.gain(here, query)]);
    }),
    zonesLast(() => source('zones', app.zonesLoader.state, (zones) => latest(zones) ?? NOTHING)),
    source('gaps', app.gaps, (gaps) => gaps ?? NOTHING),
    source('gap-points', app.gaps, (gaps) => (gaps === null ? NOTHING : gapPoints(gaps))),
    changeSheet(map),
    coarseWhileMoving(map),
    effect(() => put('edits', editShapes(scenario.value?.edits ?? [], firstSide.value))),
    ghost(map),
    source('facilities', app.sites, (sites) => sites ?? NOTHING),
    source('reach', app.reachLoader.state, (reach) => reachShapes(latest(reach))),
    effect(() => put('reach-circle', circleShapes(latest(app.reachLoader.state.value), app.pin.value))),
    source('reach-streets', app.reachStreetsLoader.state, (streets) => reachStreetShapes(latest(streets))),
    source('route', app.routeLoader.state, (route) => routeShapes(latest(route))),
    effect(() => put('pin', pinShapes(app.pin.value, latest(app.whyLoader.state.value)))),
    highlight(map, 'zones', app.hoveredZone),
    highlight(map, 'gaps', app.hoveredGap),
    ...flights(map, hooks),
  ];
}

/** Zones are large: server and worker first have the tiles to make and to read. */
function zonesLast(follow: () => () => void): () => void {
  let stop: (() => void) | null = null;
  const begin = effect(() => {
    if (!mapDrawn.value) return;
    app.loadZones();
    queueMicrotask(() => (stop ??= follow()));
  });
  return () => {
    begin();
    stop?.();
  };
}

/** The tiles have caught up with an edit: what lay over them goes, unless a newer edit or a drag put it there. */
function settle(since: number): void {
  if (epoch.peek() === since && dragged.peek() === null) overlay.value = null;
}

/** The site under the pointer, and where it stands: elements of the page, so that the map need not be drawn again for them. */
function ghost(map: MapLibre): () => void {
  const [above, left] = ['ghost', 'ghost-left'].map((name) => {
    const element = document.createElement('div');
    element.className = name;
    return new Marker({ element });
  }) as [Marker, Marker];
  const note = document.createElement('span');
  note.className = 'ghost-note';
  above.getElement().append(note);
  let shown = false;
  const tell = effect(() => {
    const now = obstacle.value;
    above.getElement().classList.toggle('afloat', now !== null);
    const at = dragged.value;
    note.classList.toggle('left', at !== null && map.project(at.place).x > map.getCanvas().clientWidth - NOTE_PX);
    note.textContent = now === null ? '' : t('whatif.noStreet', { m: now.limit_m });
  });
  const stop = effect(() => {
    const now = dragged.value;
    if (now === null) {
      above.remove();
      left.remove();
    } else {
      above.setLngLat(now.place);
      if (!shown && now.feature !== null) left.setLngLat(now.feature.geometry.coordinates as LonLat).addTo(map);
      if (!shown) above.addTo(map);
    }
    shown = now !== null;
    map.getCanvas().style.cursor = shown ? 'grabbing' : '';
  });
  return () => {
    stop();
    tell();
    above.remove();
    left.remove();
  };
}

function highlight(map: MapLibre, source: 'zones' | 'gaps', hovered: ReadonlySignal<string | number | null>): () => void {
  let last: string | number | null = null;
  return effect(() => {
    const now = hovered.value;
    if (last !== null) map.setFeatureState({ source, id: last }, { hover: false });
    if (now !== null) map.setFeatureState({ source, id: now }, { hover: true });
    last = now;
  });
}

/** Moves the map when the panels wish so, and to see a whole walk or reach. */
function flights(map: MapLibre, hooks: MapHooks): (() => void)[] {
  const fit = (bounds: Bounds | null) => {
    if (bounds !== null) map.fitBounds(bounds, { padding: hooks.padding(), maxZoom: FIT_MAX_ZOOM, duration: 700 });
  };
  return [
    effect(() => {
      const wish = app.flight.value;
      if (wish === null) return;
      queueMicrotask(() => (app.flight.value = null));
      if (wish.kind === 'bounds') fit(wish.bounds);
      else {
        const { top, right, bottom, left } = hooks.padding();
        map.easeTo({ center: wish.place, offset: [(left - right) / 2, (top - bottom) / 2], zoom: Math.max(map.getZoom(), 14), duration: 600 });
      }
    }),
    effect(() => {
      const route = latest(app.routeLoader.state.value);
      if (route !== null) fit(boundsOf(route.geometry));
    }),
    effect(() => {
      const largest = latest(app.reachLoader.state.value)?.features[0];
      if (largest !== undefined) fit(boundsOf(largest.geometry));
    }),
  ];
}
