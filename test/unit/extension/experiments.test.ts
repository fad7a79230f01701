import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { experimentAt, findExperiments, maskNonCode } from '../../../src/extension/experiments.js';

const names = (text: string) => findExperiments('a.ssl.ts', text).map(({ exportName }) => exportName);

describe('finding experiments', () => {
  it('finds the default export and its extent', () => {
    const text = `import { experiment, simclr } from 'autodidact';\nexport default experiment({ method: simclr() });\n`;
    const [found] = findExperiments('a.ssl.ts', text);
    expect(found?.exportName).toBe('default');
    expect(text.slice(found?.start, found?.end)).toBe('experiment({ method: simclr() })');
  });

  it('finds several, by name, also with a type and when exported later', () => {
    expect(
      names(`import { experiment, type Experiment } from 'autodidact';
export const small = experiment({});
export const big: Experiment = experiment({});
const later = experiment({});
const main = experiment({});
const private_ = experiment({});
export { later as renamed };
export default main;`),
    ).toEqual(['small', 'big', 'renamed', 'default']);
  });

  it('follows the import to another name or a namespace', () => {
    expect(names(`import { experiment as make } from 'autodidact';\nexport const a = make({});`)).toEqual(['a']);
    expect(names(`import * as ssl from "autodidact";\nexport default ssl.experiment({});`)).toEqual(['default']);
    expect(names(`import { experiment as make } from 'autodidact';\nexport const a = experiment({});`)).toEqual([]);
  });

  it('finds one that is being typed, before its import is there', () => {
    const text = 'export default experiment({ epochs: ';
    expect(findExperiments('a.ssl.ts', text)).toEqual([{ exportName: 'default', start: 15, end: text.length }]);
  });

  it.each([
    ['a line comment', '// export default experiment({})'],
    ['a block comment', '/* export default experiment({}) */'],
    ['a string', `const s = "export default experiment({})";`],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a template within the text that is looked at
    ['a template', 'const s = `export default experiment({}) ${`export default experiment({})`} }`;'],
    ['a regular expression', 'const r = /export default experiment({})/;'],
    ['another name', 'export default myexperiment({}); export const b = experiments({});'],
    ['a method', 'export const a = lab.experiment({});'],
  ])('passes over %s', (_what, text) => {
    expect(names(text)).toEqual([]);
  });

  it('is not misled by quotes in comments and slashes in divisions', () => {
    expect(names(`// don't\nconst half = width / 2; const s = '/';\nexport default experiment({ a: 1 / 2 });`)).toEqual(
      ['default'],
    );
  });

  it('takes a serialized experiment as a whole', () => {
    expect(findExperiments('a.ssl.json', '{}')).toEqual([{ exportName: 'default', start: 0, end: 2 }]);
  });

  it('goes with the cursor', () => {
    const text = 'export const a = experiment({});\nexport const b = experiment({});';
    const found = findExperiments('a.ssl.ts', text);
    expect(experimentAt(found, 0)?.exportName).toBe('a');
    expect(experimentAt(found, 40)?.exportName).toBe('a');
    expect(experimentAt(found, text.length)?.exportName).toBe('b');
    expect(experimentAt([], 0)).toBeUndefined();
  });
});

describe('masking', () => {
  it('keeps length and lines of any text, and ends', () => {
    const pieces = fc.constantFrom('`', '${', '}', '{', "'", '"', '/', '*', '//', '\\', '\n', 'a', '(', ')', ' ');
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 60 }), (parts) => {
        const text = parts.join('');
        const masked = maskNonCode(text);
        expect(masked.length).toBe(text.length);
        expect(masked.split('\n').length).toBe(text.split('\n').length);
      }),
      { seed: 1 },
    );
  });
});
