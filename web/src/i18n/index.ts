// Words of the page. Two catalogues with the same keys; a test holds them together.
import type { Named } from '../api/types';
import { spaced } from '../format';
import { language } from '../state/settings';
import en from './en.json';
import { filled } from './filled';
import zh from './zh.json';

export type Key = keyof typeof en;
const CATALOGUES: Record<'en' | 'zh', Record<Key, string>> = { en, zh };

/** The text for a key in the current language, its holes filled. Components that call it follow the language. */
export function t(key: Key, values: Record<string, string | number> = {}): string {
  const text = filled(CATALOGUES[language.value][key], values, language.value);
  return language.value === 'zh' ? spaced(text) : text;
}

/** Whether there are words for a key that came from elsewhere. */
export const known = (key: string): key is Key => key in en;

/** A study's own name for a thing; the other language stands in when one is missing. */
export function nameOf(thing: Named): string {
  const [first, second] = language.value === 'zh' ? [thing.zh, thing.en] : [thing.en, thing.zh];
  return first || second || thing.id;
}
