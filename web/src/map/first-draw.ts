// The first picture of the map. Without a graphics card every drawing keeps the page busy for a tenth of a second, and those
// before the walking times are here show nothing that was asked for: the map begins to draw when they are.
import { signal } from '@preact/signals';
import type { Map as MapLibre, MapSourceDataEvent } from 'maplibre-gl';

/** A map whose tiles are slower than this draws what it has, in milliseconds. */
const PATIENCE_MS = 700;
/** What the first picture shows. */
const SOURCES = ['base', 'time'];

/** The first tiles are asked for: until they come there is time for everything around the map. */
export const tilesAsked = signal(false);
/** There is something on the map. */
export const mapDrawn = signal(false);

/** Holds drawing back until streets and their times are here; notes for whoever measures when it first draws them. */
export function drawOnceReady(map: MapLibre): void {
  const { painter } = map;
  painter.render = () => undefined;
  let waits = true;
  const begin = () => {
    if (!waits) return;
    waits = false;
    clearTimeout(late);
    tilesAsked.value = true;
    map.off('sourcedata', ready);
    // The painter's own way of drawing is that of its kind.
    delete (painter as Partial<typeof painter>).render;
    map.once('render', () => setTimeout(() => (mapDrawn.value = true)));
    map.triggerRepaint();
  };
  const ready = ({ sourceId, tile }: MapSourceDataEvent) => {
    if (tile !== undefined && SOURCES.includes(sourceId) && SOURCES.every((id) => map.isSourceLoaded(id))) begin();
  };
  const late = setTimeout(begin, PATIENCE_MS);
  map.on('sourcedata', ready);
  map.on('sourcedata', markTimes);
  const asked = map.on('sourcedataloading', ({ sourceId, tile }) => {
    if (!SOURCES.includes(sourceId) || tile === undefined) return;
    asked.unsubscribe();
    setTimeout(() => (tilesAsked.value = true));
  });
}

function markTimes(this: MapLibre, { sourceId, tile }: MapSourceDataEvent): void {
  if (sourceId !== 'time' || tile === undefined || !this.isSourceLoaded('time')) return;
  this.off('sourcedata', markTimes);
  const mark = () => {
    if (Object.hasOwn(this.painter, 'render')) this.once('render', mark);
    else performance.mark('first-map');
  };
  this.once('render', mark);
}
