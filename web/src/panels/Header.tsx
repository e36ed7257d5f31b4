import type { Study } from '../api/types';
import { t } from '../i18n';
import { chooseLanguage, chooseTheme, language, theme } from '../state/settings';
import { Icon } from '../ui/Icon';

export function Header({ study }: { study: Study }) {
  const dark = theme.value === 'dark';
  const other = language.value === 'zh' ? 'en' : 'zh';
  return (
    <header class="header">
      <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
        <circle cx="16" cy="16" r="12" fill="none" stroke="currentColor" stroke-opacity=".28" stroke-width="2.6" />
        <path d="M16 4a12 12 0 0 1 12 12" fill="none" stroke="currentColor" stroke-width="3" stroke-linecap="round" />
        <circle cx="16" cy="16" r="3.6" fill="currentColor" />
      </svg>
      <div class="header-text">
        <h1 data-testid="study-name">{study.name}</h1>
        <span class="header-sub">walkshed · {t('app.tagline')}</span>
      </div>
      <button type="button" class="icon-button text" lang={other === 'zh' ? 'zh-CN' : 'en'} data-testid="language" aria-label={t('lang.switch')} title={t('lang.switch')} onClick={() => chooseLanguage(other)}>
        {t('lang.short')}
      </button>
      <button type="button" class="icon-button" data-testid="theme" aria-label={t(dark ? 'theme.toLight' : 'theme.toDark')} title={t(dark ? 'theme.toLight' : 'theme.toDark')} onClick={() => chooseTheme(dark ? 'light' : 'dark')}>
        <Icon name={dark ? 'sun' : 'moon'} />
      </button>
    </header>
  );
}
