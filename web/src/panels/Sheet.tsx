// The panel beside the map; on a narrow screen a sheet that rises from below, with three heights.
import { effect, signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { points, share } from '../format';
import { nameOf, t } from '../i18n';
import { baseline, chosenFunction, chosenGap, coverage, pin, query } from '../state/app';
import { compositeLoader, compositeShown, needed } from '../state/composite';
import { mode } from '../state/mode';
import { latest } from '../state/resource';
import { language } from '../state/settings';
import { Icon } from '../ui/Icon';

export const SHEET_SIZES = ['peek', 'half', 'full'] as const;
export type SheetSize = (typeof SHEET_SIZES)[number];
export const sheetSize = signal<SheetSize>('half');
// What was just chosen on the map must not stay below the edge.
effect(() => {
  if ((pin.value !== null || chosenGap.value !== null) && sheetSize.peek() === 'peek') sheetSize.value = 'half';
});

/** Pixels the finger must travel before it counts as a drag. */
const DRAG_PX = 24;

function shift(by: -1 | 1): void {
  const now = SHEET_SIZES.indexOf(sheetSize.peek());
  sheetSize.value = SHEET_SIZES[Math.min(2, Math.max(0, now + by))] ?? 'half';
}

export function Sheet({ children }: { children: ComponentChildren }) {
  const scroller = useRef<HTMLDivElement>(null);
  const now = mode.value;
  // Another question begins at its top.
  useEffect(() => scroller.current?.scrollTo({ top: 0 }), [now]);
  return (
    <aside class={`panel size-${sheetSize.value}`} aria-label={t('panel.label')} data-testid="panel">
      <Handle />
      <div class="panel-scroll" ref={scroller}>
        {children}
      </div>
    </aside>
  );
}

let dragFrom: number | null = null;
let dragged = false;

function Handle() {
  const fn = chosenFunction.value;
  const several = compositeShown.value;
  const part = several ? latest(compositeLoader.state.value)?.share : coverage.value?.share;
  const moved = several ? 0 : (coverage.value?.share ?? 0) - (baseline.value?.share ?? coverage.value?.share ?? 0);
  const full = sheetSize.value === 'full';
  const summary = pin.value !== null && mode.value !== 'reach' ? t('why.title') : t('sheet.summary', { function: several ? t('missing.several', { n: needed.value }) : fn ? nameOf(fn) : '', min: query.value?.cutoff_min ?? 0 });
  return (
    <button
      type="button"
      class="sheet-handle"
      data-testid="sheet-handle"
      aria-expanded={sheetSize.value !== 'peek'}
      onPointerDown={(event) => {
        dragFrom = event.clientY;
        dragged = false;
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={(event) => {
        if (dragFrom === null || Math.abs(event.clientY - dragFrom) < DRAG_PX) return;
        shift(event.clientY < dragFrom ? 1 : -1);
        dragFrom = event.clientY;
        dragged = true;
      }}
      onPointerUp={() => {
        dragFrom = null;
      }}
      onClick={() => {
        if (!dragged) sheetSize.value = full ? 'peek' : (SHEET_SIZES[SHEET_SIZES.indexOf(sheetSize.peek()) + 1] ?? 'half');
        dragged = false;
      }}
    >
      <span class="sheet-grip" aria-hidden="true" />
      <span class="sheet-summary">
        <span>{summary}</span>
        {pin.value === null && <strong class="num">{share(part ?? null, language.value)}</strong>}
        {pin.value === null && moved !== 0 && <span class={`change num ${moved > 0 ? 'up' : 'down'}`}>{points(moved, language.value)}</span>}
        <span class="sr-only">{t(full ? 'sheet.collapse' : 'sheet.expand')}</span>
        <Icon name={full ? 'down' : 'up'} size={18} />
      </span>
    </button>
  );
}
