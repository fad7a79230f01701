import fs from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { RunEvent, RunFacts } from '../../src/protocol/run.js';
import { checkpointFile, listCheckpoints, readCheckpoint } from '../../src/runs/checkpoint-file.js';
import { requestControl } from '../../src/runs/control.js';
import { Project, points, readEvents, type Training, weights } from '../support/training.js';

const STEPS_PER_EPOCH = 8;
const EPOCHS = 8;
const LAST = STEPS_PER_EPOCH * EPOCHS;

/** 256 pictures, 8 steps an epoch, a network of a few hundred weights. */
const tiny = `
import { adam, convnet, experiment, fashionMnist, knn, simclr } from 'autodidact';
export default experiment({
  data: fashionMnist({ train: 256, test: 100 }),
  encoder: convnet({ widths: [4, 8] }),
  method: simclr({ projector: [8, 8] }),
  optimizer: adam({ learningRate: 1e-3, schedule: 'cosine' }),
  epochs: ${EPOCHS}, batchSize: 32, seed: 7,
  evaluate: [knn({ k: 5 })],
});
`;

const lastStep = (events: readonly RunEvent[]) => Math.max(0, ...[...points(events, 'loss').keys()]);
const facts = (folder: string): RunFacts => JSON.parse(fs.readFileSync(path.join(folder, 'run.json'), 'utf8'));
const alerts = (training: Training) => training.events().flatMap((e) => (e.type === 'alert' ? [e.code] : []));

/** A run that nothing disturbed. */
const reference = { project: new Project(), training: undefined as unknown as Training };
beforeAll(async () => {
  reference.training = await reference.project.start(reference.project.write(tiny));
  await reference.training.ended;
}, 120_000);
afterAll(() => reference.project.remove());

let project: Project;
beforeEach(() => {
  project = new Project();
});
afterEach(() => project.remove());

test('a run goes from its first to its last step and writes down all there is to know', async () => {
  const { training } = reference;
  expect(await training.ended, training.output()).toBe(0);
  const { folder, status } = training;
  expect(status).toMatchObject({ state: 'finished', step: LAST, totalSteps: LAST, epoch: EPOCHS });
  expect(status.headline).toMatchObject({ metric: 'knn.accuracy' });
  expect(status.headline?.untrained).toBeGreaterThan(0.2);
  const events = training.events();
  const every = (n: number) => Array.from({ length: LAST / n + 1 }, (_, i) => i * n);
  for (const metric of ['loss', 'learningRate', 'gradientNorm', 'imagesPerSecond', 'accuracy', 'positiveSimilarity']) {
    expect([...points(events, metric).keys()]).toEqual(every(1).slice(1));
  }
  for (const metric of ['knn.accuracy', 'embeddingStd.std', 'effectiveRank.rank']) {
    expect([...points(events, metric).keys()]).toEqual(every(STEPS_PER_EPOCH));
  }
  expect(listCheckpoints(folder)).toEqual(every(STEPS_PER_EPOCH));
  expect(events.flatMap((e) => (e.type === 'checkpoint' ? [e.file] : []))).toEqual(
    every(STEPS_PER_EPOCH).map(checkpointFile),
  );
  expect(events.flatMap((e) => (e.type === 'status' ? [e.state] : []))).toEqual(['queued', 'running', 'finished']);
  expect(facts(folder)).toMatchObject({
    method: 'simclr',
    name: 'tiny',
    exportName: 'default',
    seed: 7,
    stepsPerEpoch: STEPS_PER_EPOCH,
    engine: { name: 'wasm' },
    metrics: { loss: { chance: Math.log(63) }, 'knn.accuracy': { unit: 'fraction', chance: 0.1 } },
  });
  expect(fs.readFileSync(path.join(folder, 'source', 'tiny.ssl.ts'), 'utf8')).toBe(tiny);
});

test('the same seed gives the same losses, another seed gives others', async () => {
  const losses = (training: Training) => [...points(training.events(), 'loss').values()].slice(0, 50);
  const again = await project.start(project.write(tiny));
  await again.ended;
  expect(losses(again)).toHaveLength(50);
  expect(losses(again)).toEqual(losses(reference.training));
  expect(weights(again.folder, LAST)).toEqual(weights(reference.training.folder, LAST));
  const other = await project.start(project.write(tiny), { set: ['seed=8', 'epochs=1'] });
  await other.ended;
  expect(losses(other)[0]).not.toBe(losses(reference.training)[0]);
});

test('a killed run resumes from its checkpoint and ends with the weights and the curve of an undisturbed one', async () => {
  const killed = await project.start(project.write(tiny));
  await killed.until((events) => lastStep(events) >= 2 * STEPS_PER_EPOCH + 3);
  killed.child.kill('SIGKILL');
  await killed.ended;
  expect(killed.status.state).toBe('running');
  const resumed = await project.resume(killed.folder);
  expect(await resumed.ended, resumed.output()).toBe(0);
  expect(resumed.folder).toBe(killed.folder);
  expect(resumed.events().some(({ type }) => type === 'rewind')).toBe(true);
  expect(weights(resumed.folder, LAST)).toEqual(weights(reference.training.folder, LAST));
  for (const metric of ['loss', 'knn.accuracy']) {
    expect(points(resumed.events(), metric)).toEqual(points(reference.training.events(), metric));
  }
});

test('a run stopped in the middle of an epoch resumes from exactly there', async () => {
  const stopped = await project.start(project.write(tiny));
  await stopped.until((events) => lastStep(events) >= 10);
  requestControl(stopped.folder, 'stop');
  expect(await stopped.ended).toBe(0);
  expect(stopped.status.state).toBe('stopped');
  const { step } = stopped.status;
  expect(step).toBeLessThan(LAST);
  expect(listCheckpoints(stopped.folder).at(-1)).toBe(step);
  const resumed = await project.resume(stopped.folder);
  expect(await resumed.ended, resumed.output()).toBe(0);
  expect(resumed.events().find(({ type }) => type === 'rewind')?.step).toBe(step);
  expect(weights(resumed.folder, LAST)).toEqual(weights(reference.training.folder, LAST));
});

test('a pause keeps a checkpoint and gives up the turn; going on changes nothing', async () => {
  const training = await project.start(project.write(tiny));
  await training.until((events) => lastStep(events) >= 5);
  requestControl(training.folder, 'pause');
  const states = () => training.events().flatMap((e) => (e.type === 'status' ? [e.state] : []));
  await training.until(() => states().includes('paused'));
  const { step } = training.events().find((e) => e.type === 'status' && e.state === 'paused')!;
  expect(listCheckpoints(training.folder)).toContain(step);
  // While it pauses, another run takes the only turn and ends.
  const other = await project.start(project.write(tiny), { set: ['epochs=1'] });
  expect(await other.ended, other.output()).toBe(0);
  expect(lastStep(training.events())).toBe(step);
  requestControl(training.folder, 'resume');
  expect(await training.ended, training.output()).toBe(0);
  expect(states()).toEqual(['queued', 'running', 'paused', 'running', 'finished']);
  expect(weights(training.folder, LAST)).toEqual(weights(reference.training.folder, LAST));
});

test('evaluations and checkpoints come when they are asked for', async () => {
  const training = await project.start(project.write(tiny));
  await training.until((events) => lastStep(events) >= 3);
  requestControl(training.folder, 'evaluate');
  await training.until((events) => [...points(events, 'knn.accuracy').keys()].some((step) => step % STEPS_PER_EPOCH));
  const step = [...points(training.events(), 'knn.accuracy').keys()].find((s) => s % STEPS_PER_EPOCH)!;
  await training.until((events) => events.some((e) => e.type === 'checkpoint' && e.step === step));
  expect(await training.ended).toBe(0);
  expect(weights(training.folder, LAST)).toEqual(weights(reference.training.folder, LAST));
});

test('every evaluation can be asked for, also twice, and says its values before and after training', async () => {
  const all = tiny
    .replace('knn, simclr', 'alignmentUniformity, fineTune, knn, linearProbe, simclr')
    .replace(
      '[knn({ k: 5 })]',
      '[knn({ k: 5 }), knn(), linearProbe(), fineTune({ epochs: 2 }), alignmentUniformity()]',
    );
  const training = await project.start(project.write(all), { set: ['epochs=2'] });
  expect(await training.ended, training.output()).toBe(0);
  const steps = (metric: string) => [...points(training.events(), metric).keys()];
  const every = [0, STEPS_PER_EPOCH, 2 * STEPS_PER_EPOCH];
  for (const metric of ['knn.accuracy', 'knn2.accuracy', 'alignmentUniformity.alignment']) {
    expect(steps(metric)).toEqual(every);
  }
  expect(steps('alignmentUniformity.uniformity')).toEqual(every);
  expect(steps('linearProbe.accuracy')).toEqual([every[0], every[2]]);
  for (const metric of ['fineTune.accuracy', 'fineTune.scratch']) expect(steps(metric)).toEqual([every[2]]);
  for (const [name, { title }] of Object.entries(facts(training.folder).metrics!)) {
    expect(title, name).not.toBe('');
    expect(steps(name).length, name).toBeGreaterThan(0);
  }
});

test('a loss that is not a number ends the run, and no checkpoint holds it', async () => {
  // Similarities divided by this are infinite.
  const training = await project.start(project.write(tiny), { set: ['method.temperature=1e-39'] });
  expect(await training.ended).toBe(1);
  expect(training.status).toMatchObject({ state: 'failed' });
  expect(alerts(training)).toContain('nan');
  const steps = listCheckpoints(training.folder);
  expect(steps[0]).toBe(0);
  for (const step of steps) {
    const { tensors } = readCheckpoint(path.join(training.folder, checkpointFile(step)));
    for (const { data } of tensors.values()) expect((data as Float32Array).every(Number.isFinite)).toBe(true);
  }
});

test('a run whose folder is removed ends, and does not make it again', async () => {
  const training = await project.start(project.write(tiny), { set: ['epochs=1000'] });
  await training.until((events) => lastStep(events) >= 3);
  fs.rmSync(training.folder, { recursive: true, maxRetries: 10 });
  expect(await training.ended).toBe(1);
  expect(training.output()).toContain('removed');
  expect(fs.existsSync(training.folder)).toBe(false);
});

test('a second run waits for the first, and trains after it', async () => {
  const file = project.write(tiny);
  const first = await project.start(file);
  const second = await project.start(file, { set: ['epochs=1'] });
  expect(second.status.state).toBe('queued');
  expect(await second.ended, second.output()).toBe(0);
  const time = (training: Training, state: string) =>
    readEvents(training.folder).find((e) => e.type === 'status' && e.state === state)!.time;
  expect(await first.ended).toBe(0);
  expect(time(second, 'running')).toBeGreaterThanOrEqual(time(first, 'finished'));
});

test('a waiting run can be stopped', async () => {
  const file = project.write(tiny);
  const first = await project.start(file, { set: ['epochs=1000'] });
  const second = await project.start(file);
  requestControl(second.folder, 'stop');
  expect(await second.ended).toBe(0);
  expect(second.status.state).toBe('stopped');
  expect(first.status.state).toBe('running');
});

test('a batch larger than the data is refused in words', async () => {
  const training = await project.start(project.write(tiny), { set: ['batchSize=300'] });
  expect(await training.ended).toBe(1);
  expect(training.status.message).toMatch(/batchSize: 300 is more than the 256 training samples/);
});

test('data that is not there is named', async () => {
  const training = await project.start(project.write(tiny), { set: ['data.path=nowhere'] });
  expect(await training.ended).toBe(1);
  expect(training.status).toMatchObject({ state: 'failed', message: expect.stringContaining('nowhere') });
});

test('user code that throws in a view ends the run, and the message leads to its line', async () => {
  const file = project.write(`
import { adam, augmentation, convnet, experiment, fashionMnist, simclr } from 'autodidact';
const fragile = augmentation({
  name: 'fragile',
  draw: (random) => ({ n: random.integer(100) }),
  apply(image, { n }) {
    if (n === 13) throw new Error('not that number');
    return image;
  },
});
export default experiment({
  data: fashionMnist({ train: 256, test: 100 }), encoder: convnet({ widths: [4] }),
  method: simclr({ views: [fragile] }), optimizer: adam(), epochs: 9, batchSize: 32,
});
`);
  const training = await project.start(file);
  expect(await training.ended, training.output()).toBe(1);
  const { state, message } = training.status;
  expect(state).toBe('failed');
  expect(message).toMatch(/sample \d+ .*fragile.*not that number/);
  expect(message).toContain(`${fs.realpathSync(file)}:7`);
});

test('a method of one’s own trains, is evaluated, and resumes with its state', async () => {
  const file = project.write(`
import { adam, convnet, experiment, fashionMnist, method, tf } from 'autodidact';
const own = method({
  name: 'own',
  views: (image, context) => ({ image, turn: context.random().integer(4) }),
  build({ encoder, state }) {
    const mean = state('mean', tf.zeros([encoder.features]));
    return {
      metrics: { loss: { title: 'Distance' } },
      loss: ({ tensors }, _targets, { mode }) => {
        const features = encoder.apply(tensors.image, mode);
        return { loss: features.sub(mean).square().mean(), logs: { turn: tensors.turn.mean() } };
      },
      afterStep: ({ tensors }) => {
        mean.assign(mean.mul(0.9).add(encoder.apply(tensors.image, { training: false }).mean(0).mul(0.1)));
      },
      embed: (images) => encoder.apply(images, { training: false }),
      compare: async () => [],
    };
  },
});
export default experiment({
  data: fashionMnist({ train: 256, test: 100 }), encoder: convnet({ widths: [4] }),
  method: own, optimizer: adam(), epochs: 4, batchSize: 32,
});
`);
  const whole = await project.start(file);
  expect(await whole.ended, whole.output()).toBe(0);
  expect([...points(whole.events(), 'turn').values()].every((turn) => (turn as number) > 0.5)).toBe(true);
  const cut = await project.start(file);
  await cut.until((events) => lastStep(events) >= 11);
  cut.child.kill('SIGKILL');
  await cut.ended;
  const resumed = await project.resume(cut.folder);
  expect(await resumed.ended, resumed.output()).toBe(0);
  const step = 4 * STEPS_PER_EPOCH;
  expect(Object.keys(weights(whole.folder, step))).toContain('state/mean');
  expect(weights(resumed.folder, step)).toEqual(weights(whole.folder, step));
});

test('an experiment with mistakes leaves no folder', async () => {
  const { message, ended } = await project.start(project.write(tiny.replace('seed: 7', 'sead: 7')));
  expect(message).toMatchObject({ kind: 'rejected', message: expect.stringContaining('did you mean "seed"') });
  expect(await ended).toBe(2);
  expect(fs.existsSync(project.runs) ? fs.readdirSync(project.runs) : []).toEqual([]);
});

test('a finished run is not resumed', async () => {
  const { message, ended } = await reference.project.resume(reference.training.folder);
  expect(message).toMatchObject({ kind: 'rejected', message: expect.stringContaining('finished') });
  expect(await ended).toBe(2);
});

test('a run is resumed from an older checkpoint when the last one is damaged', async () => {
  const stopped = await project.start(project.write(tiny));
  await stopped.until((events) => lastStep(events) >= STEPS_PER_EPOCH + 2);
  requestControl(stopped.folder, 'stop');
  await stopped.ended;
  const last = path.join(stopped.folder, checkpointFile(stopped.status.step));
  fs.truncateSync(last, fs.statSync(last).size - 100);
  const resumed = await project.resume(stopped.folder);
  expect(await resumed.ended, resumed.output()).toBe(0);
  expect(weights(resumed.folder, LAST)).toEqual(weights(reference.training.folder, LAST));
});

test.skipIf(process.platform === 'win32')('SIGTERM stops a run with a checkpoint', async () => {
  const training = await project.start(project.write(tiny), { set: ['epochs=1000'] });
  await training.until((events) => lastStep(events) >= 3);
  training.child.kill('SIGTERM');
  expect(await training.ended).toBe(0);
  expect(training.status).toMatchObject({ state: 'stopped', message: 'by SIGTERM' });
  expect(listCheckpoints(training.folder).at(-1)).toBe(training.status.step);
});
