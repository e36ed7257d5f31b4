import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import en from '../i18n/en.json';
import zh from '../i18n/zh.json';

const holes = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();
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
