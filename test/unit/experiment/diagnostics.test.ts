import { describe, expect, it } from 'vitest';
import type { Bundle } from '../../../src/experiment/bundle.js';
import { Diagnoser } from '../../../src/experiment/diagnostics.js';
import { experiment } from '../../../src/experiment/experiment.js';
import { sha256 } from '../../../src/experiment/hash.js';
import type { Issue } from '../../../src/experiment/part.js';
import { positionOf } from '../../../src/experiment/text-position.js';
import { sound } from './parts.js';

const file = process.platform === 'win32' ? 'C:\\home\\a.ssl.ts' : '/home/ada/a.ssl.ts';
const bundleOf = (text: string): Bundle => ({
  file,
  code: '',
  map: '',
  sources: [{ path: file, text, sha256: sha256(text) }],
  diagnostics: [],
});

/** The stack of a call in a file, below frames of this package. */
function stackAt(text: string, call: string): string {
  const { line, character } = positionOf(text, text.indexOf(call));
  return [
    'Error',
    '    at callStack (file:///somewhere/dist/chunk-1.js:2:3)',
    `    at <anonymous> (${file}:${line + 1}:${character + 1})`,
    '    at async run (node:internal/modules/esm/loader:1:2)',
  ].join('\n');
}

/** The text that is marked for a mistake in an option of `testContrast(`. */
function marked(text: string, path: Issue['path'], message = 'wrong', use = 'testContrast'): string {
  const issue = { use, path, message, stack: stackAt(text, `${use}(`) };
  const [diagnostic] = new Diagnoser(bundleOf(text), '/tmp/bundle.mjs').issues([issue]);
  const lines = text.split('\n');
  const { start, end } = (diagnostic as NonNullable<typeof diagnostic>).range;
  expect(start.line).toBe(end.line);
  return (lines[start.line] as string).slice(start.character, end.character);
}

describe('the range of a mistake', () => {
  it('is the value of the option, however deep', () => {
    const text = 'const 名 = 1;\nexport const m = testContrast({ temperature: -1, views: [{ p: 2 }, [3, 4]] });';
    expect(marked(text, ['temperature'])).toBe('-1');
    expect(marked(text, ['views', 0, 'p'])).toBe('2');
    expect(marked(text, ['views', 1, 1])).toBe('4');
    expect(marked(text, ['views', 1])).toBe('[3, 4]');
  });

  it('is the name of an option that does not exist', () => {
    expect(marked('testContrast({ temprature: 1 });', ['temprature'], 'unknown option "temprature"')).toBe(
      'temprature',
    );
    expect(marked("testContrast({ 'temp-rature': 1 });", ['temp-rature'], 'unknown option')).toBe("'temp-rature'");
  });

  it('is the variable or call behind which an option is not written out', () => {
    expect(marked('testContrast({ views: list });', ['views', 2, 'p'])).toBe('list');
    expect(marked('testContrast({ temperature });', ['temperature'])).toBe('temperature');
    expect(marked('testContrast({ ...others });', ['temperature'])).toBe('testContrast');
    expect(marked('testContrast(options);', ['temperature'])).toBe('options');
    expect(marked('testContrast({ views: [...most, one] });', ['views', 3])).toBe('[...most, one]');
  });

  it('is the name of the call for what is missing', () => {
    expect(marked('ssl.testContrast({});', ['views'], 'missing', 'testContrast')).toBe('testContrast');
  });

  it('sees through casts, and takes the last of two options of one name', () => {
    expect(marked('testContrast({ temperature: 1, temperature: -2 } as any);', ['temperature'])).toBe('-2');
    expect(marked('testContrast(({ temperature: -3 } satisfies object)!);', ['temperature'])).toBe('-3');
  });

  it('tells the first argument from the options after it', () => {
    const text = "testFolder('pictures', { size: 2 });";
    expect(marked(text, ['path'], 'wrong', 'testFolder')).toBe("'pictures'");
    expect(marked(text, ['size'], 'wrong', 'testFolder')).toBe('2');
  });

  it('finds the innermost call of several on a line', () => {
    const text = 'experiment({ method: testContrast({ views: [testFlip({ p: 9 })] }) });';
    expect(marked(text, ['p'], 'wrong', 'testFlip')).toBe('9');
    expect(marked(text, ['method'], 'wrong', 'experiment')).toBe('testContrast({ views: [testFlip({ p: 9 })] })');
  });

  it('counts lines whatever ends them', () => {
    const text = '// one\r\n// two\r\ntestContrast({ temperature: -1 });\r\n';
    const issue = {
      use: 'testContrast',
      path: ['temperature'],
      message: 'wrong',
      stack: stackAt(text, 'testContrast'),
    };
    expect(new Diagnoser(bundleOf(text), '/tmp/b.mjs').issues([issue])[0]?.range).toEqual({
      start: { line: 2, character: 28 },
      end: { line: 2, character: 30 },
    });
  });

  it('is in the text of a serialized experiment where that says it', () => {
    const text = '{\n  "method": { "use": "x", "views": [{ "p": 4 }] }\n}';
    const bundle = { ...bundleOf(text), file };
    const at = (path: Issue['path'], message: string) => {
      const stack = `spec:${JSON.stringify(['method'])}`;
      const [d] = new Diagnoser(bundle, '/tmp/b.mjs').issues([{ use: 'x', path, message, stack }]);
      return text.split('\n')[1]?.slice(d?.range.start.character, d?.range.end.character);
    };
    expect(at(['views', 0, 'p'], 'too big')).toBe('4');
    expect(at(['views', 0, 'p'], 'unknown option "p"')).toBe('"p"');
    expect(at(['temperature'], 'missing')).toBe('"x"');
  });
});

describe('a failure of user code', () => {
  const diagnose = (error: unknown, text: string, near?: Parameters<Diagnoser['failure']>[1]) =>
    new Diagnoser(bundleOf(text), '/tmp/bundle.mjs').failure(error, near);

  it('is placed at the topmost frame in the own file', async () => {
    const text = "const a = 1;\nconst b = a.nothing.x;\nthrow new Error('no');";
    const error = new TypeError('cannot read x');
    error.stack = `TypeError: cannot read x\n${stackAt(text, 'nothing').split('\n').slice(1).join('\n')}`;
    const [diagnostic] = await diagnose(error, text);
    expect(diagnostic).toMatchObject({
      message: 'TypeError: cannot read x',
      range: { start: { line: 1, character: 12 }, end: { line: 1, character: 21 } },
    });
  });

  it('is placed at the option it is about when no frame is the own', async () => {
    const text = 'export default experiment({ data: pictures, epochs: 1 });';
    const near = { use: 'experiment', path: ['data'], stack: stackAt(text, 'experiment(') };
    const [diagnostic] = await diagnose(new Error('the folder is empty'), text, near);
    expect(diagnostic).toMatchObject({ message: 'the folder is empty', range: { start: { line: 0, character: 34 } } });
  });

  it('is said of the file when there is no place at all', async () => {
    expect(await diagnose('a string', 'first line\nsecond')).toEqual([
      {
        file,
        severity: 'error',
        message: 'thrown: a string',
        range: { start: { line: 0, character: 0 }, end: { line: 0, character: 10 } },
      },
    ]);
  });
});

describe('what a file exports', () => {
  it('must be an experiment', async () => {
    const found = await new Diagnoser(bundleOf('export const a = 1;'), '/tmp/b.mjs').imported({
      exports: [],
      issues: [],
    });
    expect(found).toMatchObject([{ severity: 'error', message: expect.stringContaining('exports no experiment') }]);
  });

  it('should have names of its own', async () => {
    const text = "export const a = experiment({ name: 'x' });\nexport const b = experiment({ name: 'x' });";
    const second = {
      ...experiment(sound()),
      name: 'x',
      site: { stack: stackAt(text.replace('experiment', '__________'), 'experiment') },
    };
    const exports = [
      { exportName: 'a', experiment: { ...experiment(sound()), name: 'x' } },
      { exportName: 'b', experiment: second },
      { exportName: 'default', experiment: second },
    ];
    const found = await new Diagnoser(bundleOf(text), '/tmp/b.mjs').imported({ exports, issues: [] });
    expect(found).toMatchObject([
      { severity: 'warning', range: { start: { line: 1, character: 36 } }, message: expect.stringContaining('"a"') },
    ]);
  });
});
