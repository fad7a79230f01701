import { expect, test } from 'vitest';
import { Alerts } from '../../../src/trainer/alerts.js';

const metrics = { loss: { title: 'NT-Xent', chance: Math.log(511) } };
const epochOf = (alerts: Alerts, loss: number, steps = 39) => {
  for (let i = 0; i < steps; i++) alerts.step(loss + 0.001 * (i % 2));
  return alerts.epoch().map(({ code }) => code);
};

test('a loss that stays at what guessing reaches is stuck, once, and again after it was well', () => {
  const alerts = new Alerts(metrics);
  expect(epochOf(alerts, 6.236)).toEqual(['stuck']);
  expect(epochOf(alerts, 6.236)).toEqual([]);
  expect(epochOf(alerts, 5.5)).toEqual([]);
  expect(epochOf(alerts, 6.236)).toEqual(['stuck']);
});

test('a falling loss, too few steps, and a method without a trivial value raise nothing', () => {
  expect(epochOf(new Alerts(metrics), 6.1)).toEqual([]);
  expect(epochOf(new Alerts(metrics), 6.236, 5)).toEqual([]);
  expect(epochOf(new Alerts({}), 6.236)).toEqual([]);
});

test('each epoch is judged by its own losses', () => {
  const alerts = new Alerts(metrics);
  expect(epochOf(alerts, 3, 200)).toEqual([]);
  expect(epochOf(alerts, 6.236)).toEqual(['stuck']);
});

test('collapse is a small spread or a rank of one, and says which', () => {
  const at = (std: number, rank: number) =>
    new Alerts({}).evaluation({ 'embeddingStd.std': std, 'effectiveRank.rank': rank });
  expect(at(0.9, 40)).toEqual([]);
  expect(at(0.02, 40)[0]).toMatchObject({ code: 'collapse', message: expect.stringContaining('embedding std 0.020') });
  expect(at(0.9, 1.2)[0]).toMatchObject({ code: 'collapse', message: expect.stringContaining('effective rank 1.2') });
  expect(new Alerts({}).evaluation({})).toEqual([]);
});

test('what was raised before a resume is not raised again', () => {
  const before = new Alerts({});
  before.evaluation({ 'embeddingStd.std': 0 });
  expect(new Alerts({}, before.active).evaluation({ 'embeddingStd.std': 0 })).toEqual([]);
});
