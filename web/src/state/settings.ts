// Language and theme: from the address, from the last visit, else from the study and the system.
import { computed, effect, signal } from '@preact/signals';
import { tellInChinese } from '../api/http';
import type { Language } from '../format';
import type { Theme } from '../palette';

const LANGUAGE_KEY = 'walkshed.language';
const THEME_KEY = 'walkshed.theme';

function remembered(key: string): string | null {
  try {
    return window.localStorage.getItem(key);
  } catch {
    return null; // storage may be forbidden; the page works without
  }
}

function remember(key: string, value: string): void {
  try {
    window.localStorage.setItem(key, value);
  } catch {
    // nothing to do: the choice holds for this visit
  }
}

const asLanguage = (value: string | null): Language | null => (value === 'en' || value === 'zh' ? value : null);
const asTheme = (value: string | null): Theme | null => (value === 'light' || value === 'dark' ? value : null);

const chosenLanguage = signal<Language | null>(
  asLanguage(new URLSearchParams(window.location.search).get('lang')) ?? asLanguage(remembered(LANGUAGE_KEY)),
);
/** The study's own language, until the reader chooses another; before it is known, the browser's. */
export const studyLanguage = signal<Language>(navigator.language.startsWith('zh') ? 'zh' : 'en');
export const language = computed<Language>(() => chosenLanguage.value ?? studyLanguage.value);

export function chooseLanguage(value: Language): void {
  chosenLanguage.value = value;
  remember(LANGUAGE_KEY, value);
  const address = new URL(window.location.href);
  if (address.searchParams.has('lang')) {
    address.searchParams.set('lang', value);
    window.history.replaceState(null, '', address);
  }
}

const darkSystem = window.matchMedia('(prefers-color-scheme: dark)');
const systemTheme = signal<Theme>(darkSystem.matches ? 'dark' : 'light');
darkSystem.addEventListener('change', (event) => {
  systemTheme.value = event.matches ? 'dark' : 'light';
});
const chosenTheme = signal<Theme | null>(asTheme(remembered(THEME_KEY)));
export const theme = computed<Theme>(() => chosenTheme.value ?? systemTheme.value);

export function chooseTheme(value: Theme): void {
  chosenTheme.value = value;
  remember(THEME_KEY, value);
}

effect(() => {
  document.documentElement.lang = language.value === 'zh' ? 'zh-CN' : 'en';
  tellInChinese(language.value === 'zh');
});
effect(() => {
  document.documentElement.dataset['theme'] = theme.value;
});
