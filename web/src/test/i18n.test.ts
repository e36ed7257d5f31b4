import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import en from '../i18n/en.json';
import { filled } from '../i18n/filled';
import zh from '../i18n/zh.json';

const holes = (text: string) => [...new Set([...text.matchAll(/\{(\w+)(?::[^{}]*)?\}/g)].map((match) => match[1]))].sort();
const SOURCE = join(import.meta.dirname, '..');

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'test' ? [] : sources(path);
    return /\.tsx?$/.test(entry.name) ? [readFileSync(path, 'utf8')] : [];
  });
}

describe('the two catalogues', () => {
  it('have the same keys in the same order', () => {
    expect(Object.keys(zh)).toEqual(Object.keys(en));
  });

  it('fill the same holes', () => {
    for (const [key, text] of Object.entries(en)) expect(holes(zh[key as keyof typeof zh]), key).toEqual(holes(text));
  });

  it('leave nothing empty', () => {
    for (const text of [...Object.values(en), ...Object.values(zh)]) expect(text.trim()).not.toBe('');
  });

  it('carry no key that nobody uses', () => {
    const all = sources(SOURCE).join('\n');
    const unused = Object.keys(en).filter((key) => {
      const group = key.slice(0, key.indexOf('.'));
      return !all.includes(`'${key}'`) && !all.includes(`\`${group}.\${`);
    });
    expect(unused).toEqual([]);
  });
});

describe('a number and its word', () => {
  it('agree', () => {
    const told = (n: string | number) => filled(en['plan.sites'], { n }, 'en');
    expect([0, 1, 2, 1.5, '1', '1,234'].map(told)).toEqual(['0 sites', '1 site', '2 sites', '1.5 sites', '1 site', '1,234 sites']);
    expect([1, 7].map((n) => filled(en['why.allMet'], { n }, 'en'))).toEqual(['The one rule is met here.', 'All 7 rules are met here.']);
    expect(filled(en['why.someFail'], { n: 1, all: 3 }, 'en')).toBe('1 of 3 rules fails here');
  });

  it('leaves a hole that nothing fills, and takes values as they are', () => {
    expect(filled('{a} {b:x|y}', { a: '$& {b}' }, 'en')).toBe('$& {b} {b:x|y}');
  });

  it('never stand side by side unchanged in English', () => {
    const plural = /\{(?:n|all|of|min|first|count)\}(?! brings) (?:\w+s|people|are|have)\b/;
    expect(Object.entries(en).filter(([, text]) => plural.test(text)).map(([key]) => key)).toEqual([]);
  });
});
