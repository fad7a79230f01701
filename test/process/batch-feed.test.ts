/** View workers as they run: threads of dist/view-worker.js on a bundle. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { encode as encodePng } from 'fast-png';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DataError } from '../../src/experiment/contracts.js';
import { runtimePath, sampleFolder } from '../../src/experiment/package-files.js';
import { BatchFeed, type FeedOptions, type HostBatch } from '../../src/trainer/batches.js';
import { makePhotographs } from '../support/photographs.js';

let folder: string;
const feeds: BatchFeed[] = [];
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'feed-'));
});
afterEach(async () => {
  await Promise.all(feeds.splice(0).map((feed) => feed.close()));
  rmSync(folder, { recursive: true });
});

/** Writes a bundle with one experiment of two epochs of two batches; `parts` may replace its lines. */
function bundle({
  data = 'fashionMnist({ train: 10 })',
  views = '[randomResizedCrop(), horizontalFlip()]',
  more = '',
} = {}): string {
  const file = path.join(folder, 'bundle.mjs');
  const names =
    'experiment, fashionMnist, imageFolder, convnet, simclr, adam, augmentation, randomResizedCrop, horizontalFlip, tf';
  writeFileSync(
    file,
    `import { ${names} } from ${JSON.stringify(pathToFileURL(runtimePath).href)};
${more}
export const example = experiment({
  data: ${data}, encoder: convnet(), method: simclr({ views: ${views} }), optimizer: adam(),
  epochs: 2, batchSize: 4, seed: 3,
});
`,
  );
  return file;
}

function feedOf(file: string, options: Partial<FeedOptions> = {}): BatchFeed {
  const environment = { baseFolder: folder, cacheFolder: path.join(folder, 'cache'), sampleFolder };
  const feed = new BatchFeed({ bundle: file, exportName: 'example', environment, threads: 1, ...options });
  feeds.push(feed);
  return feed;
}

/** A batch as text, to compare. */
const printed = ({ arrays, indices, labels }: HostBatch) =>
  JSON.stringify([
    Object.entries(arrays).map(([name, { data, shape }]) => [name, shape, [...data]]),
    [...indices],
    [...labels],
  ]);

async function inOrder(feed: BatchFeed): Promise<string[]> {
  const all: string[] = [];
  for (const epoch of [0, 1]) for (const index of [0, 1]) all.push(printed(await feed.batch(epoch, index)));
  return all;
}

describe('batches', () => {
  test('are the same for any number of threads and any order of asking', async () => {
    const file = bundle();
    const expected = await inOrder(feedOf(file));
    expect(new Set(expected).size).toBe(4);
    expect(await inOrder(feedOf(file, { threads: 3, ahead: 1 }))).toEqual(expected);
    const feed = feedOf(file, { threads: 2 });
    expect(printed(await feed.batch(1, 1))).toBe(expected[3]);
    expect(printed(await feed.batch(0, 1))).toBe(expected[1]);
    const both = await Promise.all([feed.batch(1, 0), feed.batch(0, 0)]);
    expect(both.map(printed)).toEqual([expected[2], expected[0]]);
    expect(printed(await feed.batch(0, 0))).toBe(expected[0]);
  });

  test('of an epoch hold different samples, stacked', async () => {
    const feed = feedOf(bundle());
    const [a, b] = [await feed.batch(0, 0), await feed.batch(0, 1)];
    expect(new Set([...a.indices, ...b.indices]).size).toBe(8);
    for (const { shape } of Object.values(a.arrays)) expect(shape).toEqual([4, 28, 28, 1]);
    await expect(feed.batch(0, 2)).rejects.toThrow('there is no batch 2: 10 samples make 2 batches of 4');
  });

  test('follow changed options', async () => {
    const feed = feedOf(bundle(), { overrides: ['batchSize=2'] });
    expect((await feed.batch(0, 3)).indices).toHaveLength(2);
  });

  test('come from a folder of photographs that the first thread decodes', async () => {
    makePhotographs(path.join(folder, 'photographs'), 60);
    const feed = feedOf(bundle({ data: 'imageFolder("photographs", { size: 16 })' }), { threads: 2 });
    const { arrays, labels } = await feed.batch(0, 0);
    expect(Object.values(arrays)[0]?.shape).toEqual([4, 16, 16, 3]);
    expect([...labels].every((label) => label >= 0 && label < 3)).toBe(true);
  });

  test('may use tf ops in a custom augmentation', async () => {
    const more = `const half = augmentation({
      name: 'half', draw: () => ({}),
      apply: ({ data, shape }) => ({ data: tf.tensor(data).mul(0).add(0.5).dataSync(), shape }),
    });`;
    const { arrays } = await feedOf(bundle({ more, views: '[half]' })).batch(0, 0);
    expect(Object.values(arrays)[0]?.data.every((value) => value === 0.5)).toBe(true);
  });
});

describe('failures', () => {
  const throwing = `const broken = augmentation({
    name: 'broken', draw: (random) => ({ x: random.uniform() }),
    apply() { throw new Error('out of luck'); },
  });`;

  test('of a view name sample and augmentation, and come when their batch is asked for', async () => {
    const feed = feedOf(bundle({ more: throwing, views: '[broken]' }), { threads: 2 });
    await expect(feed.batch(0, 1)).rejects.toThrow(
      /^sample \d \(train\/\d\), method simclr: augmentation broken \(number 1 of view 0\): out of luck$/,
    );
    await expect(feed.batch(0, 0)).rejects.toThrow('out of luck');
  });

  test('of the data reject every batch', async () => {
    const feed = feedOf(bundle({ data: 'imageFolder("nowhere", { size: 16 })' }));
    const first = feed.batch(0, 0);
    await expect(first).rejects.toBeInstanceOf(DataError);
    await expect(first).rejects.toThrow(/nowhere does not exist/);
    await expect(feed.batch(0, 1)).rejects.toThrow(/nowhere does not exist/);
  });

  test('of the file reject every batch', async () => {
    await expect(feedOf(bundle({ more: 'throw new Error("no file");' })).batch(0, 0)).rejects.toThrow('no file');
    await expect(feedOf(path.join(folder, 'missing.mjs')).batch(0, 0)).rejects.toThrow(/missing\.mjs/);
  });

  test('a thread that ends by itself is reported', async () => {
    const more = `const leave = augmentation({ name: 'leave', draw: () => ({}), apply() { process.exit(7); } });`;
    const feed = feedOf(bundle({ more, views: '[leave]' }));
    await expect(feed.batch(0, 0)).rejects.toThrow('a view worker ended by itself (exit code 7)');
  });

  test('data that changed under the run is refused', async () => {
    mkdirSync(path.join(folder, 'pictures'));
    const png = encodePng({ width: 4, height: 4, channels: 1, data: new Uint8Array(16) });
    for (let i = 0; i < 9; i++) writeFileSync(path.join(folder, 'pictures', `${i}.png`), png);
    const feed = feedOf(bundle({ data: 'imageFolder("pictures", { size: 8, heldOut: 0 })' }), { samples: 10 });
    await expect(feed.batch(0, 0)).rejects.toThrow('10 training samples when the run began, 9 now');
  });
});

test('closing rejects what is awaited, even from a view that never returns', async () => {
  const more = `const stuck = augmentation({ name: 'stuck', draw: () => ({}), apply() { for (;;); } });`;
  const feed = feedOf(bundle({ more, views: '[stuck]' }));
  const awaited = expect(feed.batch(0, 0)).rejects.toThrow('the batch feed was closed');
  await feed.close();
  await awaited;
  await expect(feed.batch(0, 0)).rejects.toThrow('the batch feed was closed');
});
