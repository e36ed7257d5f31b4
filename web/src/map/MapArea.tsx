import { signal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { Study } from '../api/types';
import { t } from '../i18n';
import { sheetSize } from '../panels/Sheet';
import type { MapHit } from '../modes/mode';
import { modeOf } from '../modes/registry';
import { inspect, loadZones, pin } from '../state/app';
import { layout } from '../state/compare';
import { mode } from '../state/mode';
import { scenarios } from '../state/scenario';
import { narrow } from '../state/screen';
import { language } from '../state/settings';
import { Icon } from '../ui/Icon';
import { tilesAsked } from './first-draw';
import { startMap, type Hover, type MapHandle, type Padding } from './controller';
import { Mirror } from './Mirror';
import { Legend, legendOpen } from './Legend';
import { savePicture } from './save-picture';

const mapState = signal<'loading' | 'idle' | 'failed'>('loading');
const hover = signal<Hover | null>(null);
const tilesFailed = signal(false);
const handle = signal<MapHandle | null>(null);

/** The part of the map that panels cover, plus a margin. */
function padding(): Padding {
  const margin = 36;
  if (narrow.peek()) {
    const share = { peek: 0.1, half: 0.46, full: 0.46 }[sheetSize.peek()];
    return { top: 112, right: margin, bottom: Math.round(window.innerHeight * share) + 20, left: margin };
  }
  const legend = legendOpen.peek() && window.innerWidth > 1500 ? 240 : 0;
  return { top: margin, right: margin + (pin.peek() === null || mode.peek() === 'reach' ? 24 : 356), bottom: margin + 8, left: margin + legend };
}

const explain = (hit: MapHit) => inspect(hit.place);

export function MapArea({ study }: { study: Study }) {
  const box = useRef<HTMLDivElement>(null);
  // At once, before anything is painted: the map has the longest way to go.
  useLayoutEffect(() => {
    if (box.current === null) return;
    try {
      handle.value = startMap(box.current, study, {
        padding,
        onState: (state) => (mapState.value = state),
        onHover: (value) => (hover.value = value),
        onTileError: (failed) => (tilesFailed.value = failed),
        onClick: (hit) => (modeOf(mode.peek()).click ?? explain)(hit),
        attach: (map) => modeOf(mode.peek()).attach?.(map) ?? (() => undefined),
      });
    } catch {
      mapState.value = 'failed';
      tilesAsked.value = true;
      loadZones();
    }
    return () => handle.peek()?.remove();
  }, [study]);
  const label = t('map.label');
  const comparing = mode.value === 'compare' && scenarios.value.length > 0;
  useEffect(() => handle.value?.label(label), [label, handle.value]);
  return (
    <main class={`map-area${comparing && layout.value === 'side' ? ' side' : ''}`} id="map" data-testid="map" data-state={mapState.value} lang={language.value === 'zh' ? 'zh-CN' : 'en'}>
      <div class="map" ref={box} />
      {comparing && <Mirror study={study} />}
      <div class="crosshair" aria-hidden="true" />
      {mapState.value === 'failed' && (
        <div class="map-failed" role="alert">
          <strong>{t('map.failed')}</strong>
          <p>{t('map.failedDetail')}</p>
        </div>
      )}
      {hover.value !== null && (
        <div class="tooltip" style={{ transform: `translate(${hover.value.x + 12}px, ${hover.value.y + 12}px)` }}>
          {hover.value.text}
        </div>
      )}
      {tilesFailed.value && (
        <p class="map-note" role="status">
          {t('map.tilesMissing')}
        </p>
      )}
      {tilesAsked.value && <Tools study={study} />}
      {tilesAsked.value && <Legend />}
      <p class="attribution" data-testid="attribution">
        <span class="sr-only">{t('map.attribution')}: </span>
        {study.attribution.join(' · ')}
      </p>
    </main>
  );
}

function Tools({ study }: { study: Study }) {
  const map = handle.value;
  if (map === null) return null;
  const tool = (id: string, icon: 'plus' | 'minus' | 'fit' | 'target' | 'camera', text: string, run: () => void) => (
    <button type="button" class="icon-button" data-testid={id} aria-label={text} title={text} onClick={run}>
      <Icon name={icon} />
    </button>
  );
  return (
    <div class="tools">
      <div class="tool-group">
        {tool('zoom-in', 'plus', t('map.zoomIn'), () => map.zoomBy(1))}
        {tool('zoom-out', 'minus', t('map.zoomOut'), () => map.zoomBy(-1))}
      </div>
      <div class="tool-group">{tool('fit', 'fit', t('map.fit'), map.fitStudy)}</div>
      <div class="tool-group">{tool('picture', 'camera', t('map.picture'), () => void savePicture(study))}</div>
      <div class="tool-group">{tool('inspect-center', 'target', t('map.inspect'), map.inspectCenter)}</div>
    </div>
  );
}
