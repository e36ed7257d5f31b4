// Where drawing is slow, as without a graphics card, the map is drawn with fewer pixels while it moves, and sharp again when
// it rests. Nothing changes where a picture takes no longer than it should.
import type { Map as MapLibre } from 'maplibre-gl';

/** A picture that takes longer makes moving jerky, in milliseconds. */
const SLOW_MS = 60;
/** A coarse one that takes no longer than a frame tells that a full one may be tried again. */
const QUICK_MS = 20;
/** Part of the pixels across and down that is drawn while the map moves. */
const COARSE = 0.5;
/** How much the newest picture says about the next. */
const NEWEST = 0.5;

/** Watches what pictures cost and draws coarsely while the map moves where they cost too much; returns how to stop. */
export function coarseWhileMoving(map: MapLibre): () => void {
  let cost = 0;
  let coarse = false;
  const put = (next: boolean) => {
    if (coarse === next) return;
    coarse = next;
    map._overridePixelRatio = next ? window.devicePixelRatio * COARSE : null;
    // Not `setPixelRatio`: that ends the very movement it is for.
    map._resizeInternal();
    map.triggerRepaint();
  };
  const drawn = map.on('render', () => {
    const began = performance.now();
    // The frame after this one begins when this picture is on screen.
    requestAnimationFrame(() => {
      const took = performance.now() - began;
      if (!coarse) cost += NEWEST * (took - cost);
      else if (took < QUICK_MS) cost = 0;
      put(cost > SLOW_MS && map.isMoving());
    });
  });
  const begun = map.on('movestart', () => put(cost > SLOW_MS));
  const ended = map.on('moveend', () => put(false));
  return () => {
    for (const one of [drawn, begun, ended]) one.unsubscribe();
  };
}
