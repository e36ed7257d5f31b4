import { useEffect, useRef } from 'preact/hooks';
import type { Study } from '../api/types';
import { t } from '../i18n';
import { BASELINE, before, edge, layout } from '../state/compare';
import { scenario, scenarios } from '../state/scenario';
import { startMirror } from './mirror';
import { mapNow } from './now';

/** One step of the edge by keyboard, as a part of the width. */
const STEP = 0.02;

const nameOfBefore = () => (before.value === BASELINE ? t('scenario.baseline') : (scenarios.value.find(({ id }) => id === before.value)?.name ?? before.value));

/** The state before, beside the map or under its left part. */
export function Mirror({ study }: { study: Study }) {
  const box = useRef<HTMLDivElement>(null);
  const leader = mapNow.value;
  const label = t('compare.mapLabel');
  useEffect(() => {
    if (box.current === null || leader === null) return undefined;
    return startMirror(box.current, study, leader, label);
  }, [study, leader]);
  const swipe = layout.value === 'swipe';
  return (
    <>
      <div class="mirror" data-testid="mirror" style={swipe ? { clipPath: `inset(0 ${(1 - edge.value) * 100}% 0 0)` } : {}}>
        <div class="mirror-map" ref={box} />
      </div>
      <span class="map-tag before">{nameOfBefore()}</span>
      <span class="map-tag after" style={swipe ? {} : { left: '50%' }}>
        {scenario.value?.name ?? t('scenario.baseline')}
      </span>
      {swipe ? <Edge /> : <span class="divide" aria-hidden="true" />}
    </>
  );
}

/** The edge between the two, to be dragged or moved by arrow keys. */
function Edge() {
  const held = useRef(false);
  const set = (value: number) => (edge.value = Math.min(1, Math.max(0, value)));
  const move = (event: PointerEvent) => {
    const area = (event.currentTarget as HTMLElement).parentElement?.getBoundingClientRect();
    if (held.current && area !== undefined) set((event.clientX - area.left) / area.width);
  };
  return (
    <div
      class="edge"
      role="slider"
      tabIndex={0}
      data-testid="edge"
      aria-label={t('compare.edge')}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(edge.value * 100)}
      style={{ left: `${edge.value * 100}%` }}
      onPointerDown={(event) => {
        held.current = true;
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={move}
      onPointerUp={() => (held.current = false)}
      onKeyDown={(event) => {
        const by = event.key === 'ArrowRight' ? STEP : event.key === 'ArrowLeft' ? -STEP : 0;
        if (by === 0) return;
        event.preventDefault();
        set(edge.peek() + by);
      }}
    >
      <span aria-hidden="true">⇄</span>
    </div>
  );
}
