import { useEffect, useRef } from 'preact/hooks';
import { t } from '../i18n';
import { REGISTRY } from '../modes/registry';
import { helpOpen } from '../state/help';
import { Icon } from '../ui/Icon';
import { startTour } from './tour-steps';

const KEYS = [
  { keys: ['Alt', `1–${REGISTRY.length}`], words: 'help.key.modes' },
  { keys: ['Ctrl', 'Z'], words: 'help.key.undo' },
  { keys: ['Ctrl', 'Shift', 'Z'], words: 'help.key.redo' },
  { keys: ['←', '↑', '→', '↓'], words: 'help.key.pan' },
  { keys: ['+', '−'], words: 'help.key.zoom' },
  { keys: ['Enter'], words: 'help.key.inspect' },
  { keys: ['Esc'], words: 'help.key.escape' },
] as const;

/** What each question is for, the keys, and the way back to the tour. */
export function Help() {
  const box = useRef<HTMLDialogElement>(null);
  const open = helpOpen.value;
  useEffect(() => {
    if (open && box.current?.open === false) box.current.showModal();
    if (!open && box.current?.open === true) box.current.close();
  }, [open]);
  if (!open) return null;
  return (
    <dialog ref={box} class="dialog help" aria-labelledby="help-title" data-testid="help-panel" onClose={() => (helpOpen.value = false)}>
      <div class="dialog-head">
        <h2 id="help-title">{t('help.title')}</h2>
        <button type="button" class="icon-button" aria-label={t('why.close')} data-testid="help-close" onClick={() => (helpOpen.value = false)}>
          <Icon name="close" />
        </button>
      </div>
      <p>{t('help.about')}</p>
      <h3>{t('help.questions')}</h3>
      <dl class="help-modes">
        {REGISTRY.map(({ id, icon }) => (
          <div key={id}>
            <dt>
              <Icon name={icon} size={18} />
              {t(`mode.${id}`)}
            </dt>
            <dd>{t(`mode.${id}.hint`)}</dd>
          </div>
        ))}
      </dl>
      <h3>{t('help.keys')}</h3>
      <dl class="help-keys">
        {KEYS.map(({ keys, words }) => (
          <div key={words}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{t(words)}</dd>
          </div>
        ))}
      </dl>
      <button type="button" class="button primary" data-testid="tour-start" onClick={startTour}>
        {t('help.tour')}
      </button>
    </dialog>
  );
}
