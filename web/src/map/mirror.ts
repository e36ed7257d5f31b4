// The second map of a comparison: the same view of the same question, of another state of the study.
import { effect, untracked } from '@preact/signals';
import { Map as MapLibre, type GeoJSONSource, type VectorTileSource } from 'maplibre-gl';
import { tiles } from '../api/client';
import type { Facilities, Study } from '../api/types';
import * as app from '../state/app';
import { BASELINE, before, beforeFacilities, differenceLoader } from '../state/compare';
import { sitesOf } from '../state/sites';
import { latest } from '../state/resource';
import { followScene, sceneNow } from './controller';
import { NOTHING } from './shapes';
import { styleOf, type DataSource } from './style';

/** Starts the second map and keeps it where the first one is, and the first where the second is moved to. */
export function startMirror(container: HTMLElement, study: Study, leader: MapLibre, label: string): () => void {
  const query = app.query.peek() ?? { ...study.default };
  const here = () => ({ study: study.id, scenario: before.value === BASELINE ? null : before.value });
  const scene = untracked(sceneNow);
  const map = new MapLibre({
    container,
    style: styleOf(scene, { site: untracked(here), query }),
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    maxPitch: 0,
    maxZoom: 18.5,
    renderWorldCopies: false,
    center: leader.getCenter(),
    zoom: leader.getZoom(),
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.getCanvas().setAttribute('aria-label', label);
  const stops = [bind(leader, map)];
  map.once('load', () => {
    const put = (id: DataSource, data: GeoJSON.GeoJSON) => void map.getSource<GeoJSONSource>(id)?.setData(data);
    let shown = tiles.time(untracked(here), query.function, query.profile);
    stops.push(
      followScene(map, scene, sceneNow),
      effect(() => put('zones', latest(app.zonesLoader.state.value) ?? NOTHING)),
      effect(() => put('facilities', marked(latest(beforeFacilities.state.value)))),
      effect(() => put('difference', latest(differenceLoader.state.value) ?? NOTHING)),
      effect(() => {
        const asked = app.query.value;
        const address = asked === null ? shown : tiles.time(here(), asked.function, asked.profile);
        if (address !== shown) map.getSource<VectorTileSource>('time')?.setTiles([address]);
        shown = address;
      }),
    );
  });
  return () => {
    stops.forEach((stop) => stop());
    map.remove();
  };
}

const marked = (facilities: Facilities | null) => (facilities === null ? NOTHING : sitesOf(facilities, null));

/** Either map follows the other. */
function bind(a: MapLibre, b: MapLibre): () => void {
  let led = false;
  const follow = (from: MapLibre, to: MapLibre) => () => {
    if (led) return;
    led = true;
    to.jumpTo({ center: from.getCenter(), zoom: from.getZoom() });
    led = false;
  };
  const heard = [a.on('move', follow(a, b)), b.on('move', follow(b, a))];
  return () => heard.forEach((one) => one.unsubscribe());
}
