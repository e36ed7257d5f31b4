import type { Study } from '../api/types';
import { served } from '../api/served';
import { t } from '../i18n';
import { query } from '../state/app';
import { canRedo, canUndo, chooseScenario, newScenario, redo, scenario, scenarioId, scenarios, undo } from '../state/scenario';
import { chooseLanguage, chooseTheme, language, theme } from '../state/settings';
import { chooseStudy, library, readOnly } from '../state/study';
import { openHelp } from '../state/help';
import { Icon } from '../ui/Icon';

/** Which study, which scenario, back and forth, language and theme. */
export function TopBar({ study }: { study: Study }) {
  return (
    <header class="top">
      <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
        <circle cx="16" cy="16" r="12" fill="none" stroke="currentColor" stroke-opacity=".28" stroke-width="2.6" />
        <path d="M16 4a12 12 0 0 1 12 12" fill="none" stroke="currentColor" stroke-width="3" stroke-linecap="round" />
        <circle cx="16" cy="16" r="3.6" fill="currentColor" />
      </svg>
      <StudyName study={study} />
      {served('scenarios') && <Scenarios />}
      <span class="top-space" />
      <Settings />
    </header>
  );
}

function StudyName({ study }: { study: Study }) {
  const served = library.value?.studies ?? [];
  return (
    <div class="top-study">
      <h1 class={served.length > 1 ? 'sr-only' : ''} data-testid="study-name">
        {study.name}
      </h1>
      {served.length > 1 && (
        <select class="bare" aria-label={t('study.switch')} data-testid="study" value={study.id} onChange={(event) => chooseStudy(event.currentTarget.value)}>
          {served.map(({ id, name, state }) => (
            <option key={id} value={id} selected={id === study.id} disabled={state === 'failed'}>
              {state === 'failed' ? t('study.failed', { name }) : name}
            </option>
          ))}
        </select>
      )}
    </div>
  );
}

const NEW = '+new';

function Scenarios() {
  const id = scenarioId.value ?? '';
  const known = scenarios.value;
  const missing = scenario.value !== null && !known.some((one) => one.id === id) ? [scenario.value] : [];
  const choose = (value: string) => {
    if (value === NEW) void newScenario();
    else chooseScenario(value === '' ? null : value);
  };
  return (
    <div class="top-scenario">
      <select class="bare" aria-label={t('scenario.switch')} data-testid="scenario" data-value={id} value={id} onChange={(event) => choose(event.currentTarget.value)}>
        <option value="" selected={id === ''}>
          {t('scenario.baseline')}
        </option>
        {[...known, ...missing].map((one) => (
          <option key={one.id} value={one.id} selected={one.id === id}>
            {one.name}
          </option>
        ))}
        {!readOnly.value && <option value={NEW}>{t('scenario.new')}</option>}
      </select>
      {readOnly.value ? (
        <span class="pill" data-testid="read-only">
          {t('scenario.readOnly')}
        </span>
      ) : (
        id !== '' && <BackAndForth />
      )}
    </div>
  );
}

/** Undoes or makes again, where there is something to. */
export function step(back: 'undo' | 'redo'): void {
  const asked = query.peek();
  if (asked === null) return;
  if (back === 'undo' && canUndo.peek()) void undo(asked);
  if (back === 'redo' && canRedo.peek()) void redo(asked);
}

function BackAndForth() {
  return (
    <>
      <button type="button" class="icon-button" data-testid="undo" aria-label={t('scenario.undo')} title={`${t('scenario.undo')} (Ctrl+Z)`} disabled={!canUndo.value} onClick={() => step('undo')}>
        <Icon name="undo" />
      </button>
      <button type="button" class="icon-button" data-testid="redo" aria-label={t('scenario.redo')} title={`${t('scenario.redo')} (Ctrl+Shift+Z)`} disabled={!canRedo.value} onClick={() => step('redo')}>
        <Icon name="redo" />
      </button>
    </>
  );
}

function Settings() {
  const dark = theme.value === 'dark';
  const other = language.value === 'zh' ? 'en' : 'zh';
  return (
    <div class="top-settings">
      <button type="button" class="icon-button text" lang={other === 'zh' ? 'zh-CN' : 'en'} data-testid="language" aria-label={t('lang.switch')} title={t('lang.switch')} onClick={() => chooseLanguage(other)}>
        {t('lang.short')}
      </button>
      <button type="button" class="icon-button" data-testid="theme" aria-label={t(dark ? 'theme.toLight' : 'theme.toDark')} title={t(dark ? 'theme.toLight' : 'theme.toDark')} onClick={() => chooseTheme(dark ? 'light' : 'dark')}>
        <Icon name={dark ? 'sun' : 'moon'} />
      </button>
      <button type="button" class="icon-button" data-testid="help" aria-label={t('help.open')} title={t('help.open')} onClick={openHelp}>
        <Icon name="help" />
      </button>
    </div>
  );
}
