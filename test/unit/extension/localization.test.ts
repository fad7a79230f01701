import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { root, translatedStrings } from './strings.js';

const json = (file: string): Record<string, string> => JSON.parse(readFileSync(path.join(root, file), 'utf8'));
const placeholders = (text: string) => [...new Set(text.match(/\{\d+\}/g) ?? [])].sort().join();

describe('Simplified Chinese', () => {
  const bundle = json('l10n/bundle.l10n.zh-cn.json');
  for (const folder of ['src/extension', 'webview']) {
    it(`has every text of ${folder}`, () => {
      const found = translatedStrings(folder);
      expect(found.length).toBeGreaterThan(50);
      expect(found.filter(({ text }) => !bundle[text])).toEqual([]);
    });
  }

  it('keeps the placeholders of each text', () => {
    const changed = Object.entries(bundle).filter(([text, shown]) => placeholders(text) !== placeholders(shown));
    expect(changed).toEqual([]);
  });
});

describe('package.json', () => {
  const manifest = readFileSync(path.join(root, 'package.json'), 'utf8');
  const keys = [...new Set([...manifest.matchAll(/"%([\w.]+)%"/g)].map(([, key]) => key as string))].sort();
  for (const file of ['package.nls.json', 'package.nls.zh-cn.json']) {
    it(`finds each of its texts in ${file}, which has no others`, () => {
      const texts = json(file);
      expect(Object.keys(texts).sort()).toEqual(keys);
      expect(Object.values(texts).every((text) => text.trim() !== '')).toBe(true);
    });
  }
});
