// Owns the MapLibre map: feeds it signals, reports what the reader does with it.
import { effect, untracked, type ReadonlySignal } from '@preact/signals';
import { Map as MapLibre, setWorkerUrl, type GeoJSONSource, type LayerSpecification, type MapMouseEvent, type VectorTileSource } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import { tiles } from '../api/client';
import type { Study } from '../api/types';
import { PALETTES } from '../palette';
import * as app from '../state/app';
import { latest } from '../state/resource';
import { theme } from '../state/settings';
import { addIcons } from './icons';
import type { Scene } from './scene';
import { gapPoints, NOTHING, pinShapes, reachShapes, routeShapes, boundsOf, type Bounds } from './shapes';
import { layersOf, repaint, styleOf, type DataSource } from './style';

setWorkerUrl(workerUrl);

const FIT_MAX_ZOOM = 15.5;

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
}

export interface MapHandle {
  zoomBy: (steps: number) => void;
  fitStudy: () => void;
  inspectCenter: () => void;
  label: (text: string) => void;
  remove: () => void;
}

function sceneNow(): Scene {
  return {
    palette: PALETTES[theme.value],
    cutoffMin: app.query.value?.cutoff_min ?? 15,
    hidden: app.hidden.value,
    reach: app.reachShown.value && app.pin.value !== null,
    zone: app.chosenZone.value,
    gap: app.chosenGap.value,
  };
}

/** Starts the map in `container`. Throws where WebGL is missing. */
export function startMap(container: HTMLElement, study: Study, hooks: MapHooks): MapHandle {
  const query = app.query.peek() ?? { ...study.default };
  const view = app.view.peek();
  const scene = untracked(sceneNow);
  const calm = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
  const map = new MapLibre({
    container,
    style: styleOf(scene, query.function, query.profile),
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    maxPitch: 0,
    maxZoom: 18.5,
    renderWorldCopies: false,
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
  map.once('load', () => {
    stops.push(...follow(map, scene, hooks));
    interact(map, hooks);
  });
  map.on('moveend', () => {
    const { lng, lat } = map.getCenter();
    app.view.value = { zoom: map.getZoom(), lat, lon: lng };
  });
  const inspectCenter = () => {
    const { lng, lat } = map.getCenter();
    app.inspect([lng, lat]);
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
      map.remove();
    },
  };
}

/** Effects that carry the state to the map. */
function follow(map: MapLibre, first: Scene, hooks: MapHooks): (() => void)[] {
  addIcons(map, first.palette);
  let drawn: LayerSpecification[] = layersOf(first);
  let palette = first.palette;
  const put = (id: DataSource, data: GeoJSON.GeoJSON) => void map.getSource<GeoJSONSource>(id)?.setData(data);
  const source = <T>(id: DataSource, from: ReadonlySignal<T>, shape: (value: T) => GeoJSON.GeoJSON) => effect(() => put(id, shape(from.value)));
  let tilesShown = tiles.time(app.query.peek()?.function ?? '', app.query.peek()?.profile ?? '');
  return [
    effect(() => {
      const scene = sceneNow();
      const next = layersOf(scene);
      repaint(map, drawn, next);
      drawn = next;
      if (scene.palette !== palette) addIcons(map, scene.palette);
      palette = scene.palette;
    }),
    effect(() => {
      const query = app.query.value;
      if (query === null) return;
      const address = tiles.time(query.function, query.profile);
      if (address === tilesShown) return;
      tilesShown = address;
      hooks.onTileError(false);
      map.getSource<VectorTileSource>('time')?.setTiles([address]);
    }),
    source('zones', app.zonesLoader.state, (zones) => latest(zones) ?? NOTHING),
    source('gaps', app.gaps, (gaps) => gaps ?? NOTHING),
    source('gap-points', app.gaps, (gaps) => (gaps === null ? NOTHING : gapPoints(gaps))),
    source('facilities', app.facilitiesLoader.state, (facilities) => latest(facilities) ?? NOTHING),
    source('reach', app.reachLoader.state, (reach) => reachShapes(latest(reach))),
    source('route', app.routeLoader.state, (route) => routeShapes(latest(route))),
    effect(() => put('pin', pinShapes(app.pin.value, latest(app.whyLoader.state.value)))),
    highlight(map, 'zones', app.hoveredZone),
    highlight(map, 'gaps', app.hoveredGap),
    ...flights(map, hooks),
  ];
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

const TOUCHED = ['gap-rank', 'facility', 'gap-area'];

function interact(map: MapLibre, hooks: MapHooks): void {
  const hit = (event: MapMouseEvent, layers: string[]) => map.queryRenderedFeatures(event.point, { layers })[0];
  map.on('click', (event) => {
    const badge = hit(event, ['gap-rank']);
    const rank = (badge ?? hit(event, ['gap-area']))?.properties['rank'] as number | undefined;
    app.chosenGap.value = rank ?? null;
    if (badge !== undefined) {
      app.tab.value = 'gaps';
      return;
    }
    app.inspect([event.lngLat.lng, event.lngLat.lat]);
  });
  map.on('mousemove', (event) => {
    const found = hit(event, TOUCHED);
    const rank = found?.properties['rank'] as number | undefined;
    app.hoveredGap.value = rank ?? null;
    const name = found?.layer.id === 'facility' ? String(found.properties['name'] ?? '') : '';
    hooks.onHover(name === '' ? null : { x: event.point.x, y: event.point.y, text: name });
    map.getCanvas().style.cursor = found !== undefined && found.layer.id === 'gap-rank' ? 'pointer' : 'crosshair';
  });
  map.on('mouseout', () => {
    app.hoveredGap.value = null;
    hooks.onHover(null);
  });
}
