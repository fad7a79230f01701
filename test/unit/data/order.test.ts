import { expect, test } from 'vitest';
import { batchIndices, epochOrder, stepsPerEpoch } from '../../../src/data/order.js';

test('an epoch is a permutation that depends on seed and epoch alone', () => {
  const order = epochOrder(1, 2, 500);
  expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 500 }, (_, i) => i));
  expect(epochOrder(1, 2, 500)).toEqual(order);
  expect(epochOrder(1, 3, 500)).not.toEqual(order);
  expect(epochOrder(2, 2, 500)).not.toEqual(order);
});

test('batches cover the front of the order, without the rest', () => {
  const order = epochOrder(0, 0, 10);
  expect(stepsPerEpoch(10, 4)).toBe(2);
  expect([...batchIndices(order, 4, 0), ...batchIndices(order, 4, 1)]).toEqual([...order.subarray(0, 8)]);
  expect(() => batchIndices(order, 4, 2)).toThrow('there is no batch 2: 10 samples make 2 batches of 4');
  expect(() => batchIndices(order, 4, -1)).toThrow('there is no batch -1');
  expect(stepsPerEpoch(3, 4)).toBe(0);
});
