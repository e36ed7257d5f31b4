import { useEffect, useRef } from 'preact/hooks';
import { t } from '../i18n';
import { REGISTRY } from '../modes/registry';
import { turnTo } from '../state/app';
import { mode } from '../state/mode';
import { Icon } from '../ui/Icon';
import { sheetSize } from './Sheet';

/** The questions of the workbench; arrow keys move between them, Alt and a digit jumps to one. */
export function ModeBar() {
  const bar = useRef<HTMLElement>(null);
  const now = mode.value;
  // On a small phone the bar may be wider than the screen.
  useEffect(() => bar.current?.querySelector('.on')?.scrollIntoView({ block: 'nearest', inline: 'nearest' }), [now]);
  const move = (event: KeyboardEvent) => {
    const step = ['ArrowDown', 'ArrowRight'].includes(event.key) ? 1 : ['ArrowUp', 'ArrowLeft'].includes(event.key) ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const now = REGISTRY.findIndex(({ id }) => id === document.activeElement?.getAttribute('data-mode'));
    const next = REGISTRY[(now + step + REGISTRY.length) % REGISTRY.length];
    document.querySelector<HTMLElement>(`[data-mode="${next?.id ?? ''}"]`)?.focus();
  };
  return (
    <nav class="modes" ref={bar} aria-label={t('mode.label')} data-testid="modes" onKeyDown={move}>
      {REGISTRY.map(({ id, icon }, i) => (
        <button
          key={id}
          type="button"
          class={mode.value === id ? 'on' : ''}
          data-mode={id}
          data-testid={`mode-${id}`}
          aria-current={mode.value === id ? 'page' : undefined}
          title={`${t(`mode.${id}.hint`)} (Alt+${i + 1})`}
          onClick={() => {
            turnTo(id);
            if (sheetSize.peek() === 'peek') sheetSize.value = 'half';
          }}
        >
          <Icon name={icon} size={22} />
          <span>{t(`mode.${id}`)}</span>
        </button>
      ))}
    </nav>
  );
}
