import { describe, expect, it } from 'vitest';
import { twoColumns } from '../../../src/cli/command.js';
import {
  displayWidth,
  formatDuration,
  formatEpoch,
  formatGain,
  formatNumber,
  formatValue,
  plain,
  table,
} from '../../../src/cli/format.js';

describe('numbers for people', () => {
  it.each([
    [0, '0s'],
    [59.6, '1m 00s'],
    [80, '1m 20s'],
    [3600 * 2 + 300, '2h 05m'],
    [86_400 * 3 + 3600 * 4, '3d 4h'],
    [Number.NaN, '?'],
  ])('%d seconds: %s', (seconds, text) => expect(formatDuration(seconds)).toBe(text));

  it.each([
    [0, '1/10'],
    [0.01, '1/10'],
    [1, '1/10'],
    [1.01, '2/10'],
    [10, '10/10'],
  ])('epoch %d: %s', (epoch, text) => expect(formatEpoch(epoch, 10)).toBe(text));

  it('have four digits, or an exponent when they are far from one', () => {
    expect([0, 1 / 3, 123456, 1e-5, 1e7, Number.NaN].map(formatNumber)).toEqual([
      '0',
      '0.3333',
      '123500',
      '1.00e-5',
      '1.00e+7',
      'NaN',
    ]);
  });

  it('are percent for fractions, and gains are points', () => {
    const info = { title: 'kNN accuracy', unit: 'fraction' } as const;
    expect(formatValue(0.795, info)).toBe('79.5 %');
    expect(formatGain(0.795, 0.767, info)).toBe('+2.8');
    expect(formatGain(0.7, 0.75, info)).toBe('−5.0');
    expect(formatGain(3, 2, { title: 'Effective rank' })).toBe('');
  });
});

describe('tables', () => {
  it('line up, also with wide characters', () => {
    expect(
      table([
        ['猫', 'a', 'x'],
        ['dogs', 'b', 'y'],
      ]),
    ).toBe('猫    a  x\ndogs  b  y');
    expect(displayWidth('猫\x1b[1mab\x1b[22m')).toBe(4);
  });

  it('wrap explanations beside their names', () => {
    expect(twoColumns([['--a', 'one two three']], 16)).toEqual(['  --a  one two', '       three']);
  });
});

it('names from files cannot steer the terminal', () => {
  expect(plain('a\x1b[2Jb\nc\x07\x9b31m')).not.toMatch(/[^ -~]/);
});
