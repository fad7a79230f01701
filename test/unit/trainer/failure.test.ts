import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { DataError } from '../../../src/experiment/contracts.js';
import { describeFailure, sourcePlace } from '../../../src/trainer/failure.js';

const mine = process.platform === 'win32' ? 'C:\\my work\\a (1).ssl.ts' : '/my work/a (1).ssl.ts';

test('the place is the topmost frame in the person’s own files, as path or URL', () => {
  const stack = (where: string) =>
    `Error: no\n    at clip (/x/dist/chunk.js:1:2)\n    at Object.apply (${where}:12:5)\n    at ${where}:40:1`;
  expect(sourcePlace(stack(mine), [mine])).toBe(`${mine}:12`);
  expect(sourcePlace(stack(pathToFileURL(mine).href), [mine])).toBe(`${mine}:12`);
  expect(sourcePlace(stack('/other.ts'), [mine])).toBeUndefined();
  expect(sourcePlace(`Error\n    at async ${mine}:7:1`, [mine])).toBe(`${mine}:7`);
});

test('an error of user code is told with its place, an error with a message for people as it is', () => {
  const error = new Error('boom');
  error.stack = `Error: boom\n    at draw (${mine}:3:9)`;
  expect(describeFailure(error, [mine])).toBe(`boom (${mine}:3)`);
  const data = new DataError('no pictures in x');
  data.stack = error.stack;
  expect(describeFailure(data, [mine])).toBe('no pictures in x');
  expect(describeFailure('why', [mine])).toBe('The run failed: why');
});
