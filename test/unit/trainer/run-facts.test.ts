import path from 'node:path';
import { expect, test } from 'vitest';
import { defaultName, storedSources } from '../../../src/trainer/run-facts.js';

const at = (...steps: string[]) => path.resolve('/', ...steps);
const paths = (...files: string[]) =>
  storedSources(files.map((path) => ({ path, text: '', sha256: '' }))).map((s) => s.record.path);

test('sources keep their places to each other', () => {
  expect(paths(at('w', 'a', 'x.ssl.ts'))).toEqual(['x.ssl.ts']);
  expect(paths(at('w', 'a', 'x.ssl.ts'), at('w', 'lib', 'y.ts'))).toEqual(['a/x.ssl.ts', 'lib/y.ts']);
  // `ab` is not inside `a`.
  expect(paths(at('w', 'a', 'x.ts'), at('w', 'ab', 'y.ts'))).toEqual(['a/x.ts', 'ab/y.ts']);
  expect(paths(at('x.ts'), at('w', 'y.ts'))).toEqual(['x.ts', 'w/y.ts']);
});

test('a run is named after its file, and after its export unless that is the default', () => {
  expect(defaultName('/w/simclr.ssl.ts', 'default')).toBe('simclr');
  expect(defaultName('/w/crops.v2.ssl.js', 'small')).toBe('crops.v2 small');
});
