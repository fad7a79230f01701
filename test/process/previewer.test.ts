/** The previewer process on real experiments: what it shows, what it says of mistakes, and what it survives. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ImagesBlock, SimilarityBlock } from '../../src/protocol/figure.js';
import type { Diagnostic } from '../../src/protocol/previewer.js';
import { RpcError, RpcGone } from '../../src/protocol/rpc.js';
import { PreviewerProcess, root } from '../support/previewer.js';

const sound = `import { adam, convnet, experiment, fashionMnist, horizontalFlip, knn, randomResizedCrop, simclr } from 'autodidact';

export default experiment({
  data: fashionMnist({ train: 64, test: 32 }),
  encoder: convnet({ widths: [4, 8] }),
  method: simclr({ projector: [8, 4], views: [randomResizedCrop({ scale: [0.3, 1] }), horizontalFlip()] }),
  optimizer: adam(),
  epochs: 1,
  batchSize: 16,
  evaluate: [knn({ k: 5 })],
});
`;

let previewer: PreviewerProcess;
let folder: string;
let file: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'previewer test '));
  file = path.join(folder, 'a 名.ssl.ts');
  writeFileSync(file, sound);
  previewer = await PreviewerProcess.start();
});
afterAll(async () => {
  await previewer?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Line (from 1) and marked text of each mistake. */
function marks(text: string, diagnostics: readonly Diagnostic[]): string[] {
  const lines = text.split('\n');
  return diagnostics.map(({ range: { start, end } }) => {
    const line = lines[start.line] as string;
    return `${start.line + 1} ${line.slice(start.character, start.line === end.line ? end.character : undefined)}`;
  });
}
const originalOf = ({ original }: { readonly original: readonly unknown[] }) => tilesOf({ blocks: original })[0]!;
const tilesOf = (figure: { blocks: readonly unknown[] }) => (figure.blocks[0] as ImagesBlock).tiles;
const failure = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: Error) => error,
  );

describe('inspect', () => {
  it('names the experiments of a file and its sources', async () => {
    const { experiments, diagnostics, sources } = await previewer.inspect(file);
    expect(diagnostics).toEqual([]);
    expect(sources).toEqual([file]);
    expect(experiments).toMatchObject([
      { exportName: 'default', name: 'a 名', method: 'simclr', methodTitle: 'SimCLR', spec: { epochs: 1 } },
    ]);
  });

  it('tells all mistakes of the unsaved text at once, each at its option', async () => {
    const text = sound
      .replace('train: 64', 'train: 0')
      .replace('widths', 'width')
      .replace('[8, 4]', '[8, 0.5]')
      .replace('optimizer: adam()', 'optimizer: convnet()')
      .replace('k: 5', 'k: 0');
    const { diagnostics, experiments } = await previewer.inspect(file, text);
    expect(marks(text, diagnostics)).toEqual(['4 0', '5 width', '6 0.5', '10 0', '7 convnet()']);
    expect(diagnostics[1]?.message).toContain('did you mean "widths"?');
    expect(experiments).toEqual([]);
  });

  it('finds mistakes in a file that is imported', async () => {
    const parts = path.join(folder, 'parts.ts');
    const overlays = {
      [file]: sound
        .replace("from 'autodidact';", "from 'autodidact';\nimport { flip } from './parts.js';")
        .replace('horizontalFlip()]', 'flip]'),
      [parts]: "import { horizontalFlip } from 'autodidact';\n\nexport const flip = horizontalFlip({ p: 2 });\n",
    };
    const { diagnostics, sources } = await previewer.peer.request('inspect', { file, overlays });
    expect(sources).toEqual([file, parts]);
    expect(diagnostics).toMatchObject([{ file: parts, range: { start: { line: 2, character: 40 } } }]);
  });

  it('places a syntax error, a missing import, a misspelt name, and what the code throws', async () => {
    const told = async (text: string) => marks(text, (await previewer.inspect(file, text)).diagnostics);
    expect(await told(sound.replace('epochs: 1,', 'epochs: 1'))).toEqual(['9 batchSize']);
    expect(await told(`import './gone.js';\n${sound}`)).toEqual(["1 './gone.js'"]);
    expect(await told(sound.replaceAll('simclr', 'simclear'))).toEqual(['1 simclear']);
    expect(await told(sound.replace('export', 'const none: any = null;\nnone.thing();\nexport'))).toEqual(['4 thing']);
    expect(await told('export const a = 1;')).toEqual(['1 export const a = 1;']);
  });

  it('checks the experiment against its data', async () => {
    const text = sound.replace('batchSize: 16', 'batchSize: 65');
    const { diagnostics } = await previewer.inspect(file, text);
    expect(marks(text, diagnostics)).toEqual(['9 65']);
    const gone = sound.replace('fashionMnist({', "fashionMnist({ path: './nowhere',");
    const [diagnostic] = (await previewer.inspect(file, gone)).diagnostics;
    expect(marks(gone, [diagnostic as Diagnostic])[0]).toMatch(/^4 fashionMnist\(/);
    expect(diagnostic?.message).toContain('nowhere');
  });

  it('reads a serialized experiment and places its mistakes', async () => {
    const spec = (await previewer.inspect(file)).experiments[0]?.spec;
    const json = path.join(folder, 'b.ssl.json');
    const text = JSON.stringify(spec, undefined, 2);
    expect(await previewer.inspect(json, text)).toMatchObject({ diagnostics: [], experiments: [{ name: 'b', spec }] });
    const wrong = text.replace('"widths"', '"width"').replace('"temperature": 0.5', '"temperature": -1');
    const { diagnostics } = await previewer.inspect(json, wrong);
    expect(marks(wrong, diagnostics).map((mark) => mark.replace(/^\d+ /, ''))).toEqual(['"width"', '-1']);
  });
});

describe('preview', () => {
  it('shows the views that training will see, with what was drawn', async () => {
    const shown = await previewer.preview(file, undefined, { sample: 3, draws: 3 });
    expect(shown).toMatchObject({ sample: 3, samples: 64, seed: 0, methodTitle: 'SimCLR', dataTitle: 'Fashion-MNIST' });
    expect(originalOf(shown)).toMatchObject({
      label: expect.any(String),
      image: { width: 28, height: 28, channels: 1 },
    });
    expect(shown.ops.map(({ op }) => op)).toEqual(['randomResizedCrop', 'horizontalFlip']);
    expect(shown.draws).toHaveLength(3);
    const tiles = shown.draws.flatMap(tilesOf);
    expect(tiles.map(({ caption }) => caption)).toEqual(['first', 'second', 'first', 'second', 'first', 'second']);
    for (const { trace } of tiles) expect(trace?.map(({ op }) => op)).toEqual(['randomResizedCrop', 'horizontalFlip']);
    expect(new Set(tiles.map(({ image }) => String(image.data))).size).toBe(6);
    expect(await previewer.preview(file, undefined, { sample: 3, draws: 3 })).toMatchObject({ draws: shown.draws });
  });

  it('follows the unsaved text, the seed, the sample and the switches', async () => {
    const pixels = async (text: string | undefined, changes = {}) =>
      String(tilesOf((await previewer.preview(file, text, changes)).draws[0]!)[0]!.image.data);
    const saved = await pixels(undefined);
    expect(await pixels(sound.replace('0.3', '0.9'))).not.toBe(saved);
    expect(await pixels(undefined, { reroll: 1 })).not.toBe(saved);
    expect(await pixels(undefined, { reroll: 1 })).toBe(await pixels(sound.replace('epochs: 1', 'epochs: 1, seed: 1')));
    expect(await pixels(undefined, { sample: 1 })).not.toBe(saved);
    const off = await previewer.preview(file, undefined, { disabled: [0, 1] });
    expect(tilesOf(off.draws[0]!)[0]!.image.data).toEqual(originalOf(off).image.data);
    expect((await previewer.preview(file, undefined, { sample: 1e9 })).sample).toBe(63);
  });

  it('rejects with diagnostics when there is a mistake, also one that shows only when code runs', async () => {
    const option = await failure(previewer.preview(file, sound.replace('[0.3, 1]', '[0.3, 2]')));
    expect(option).toBeInstanceOf(RpcError);
    expect(marks(sound, (option as RpcError).data as Diagnostic[])[0]).toMatch(/^6 /);

    const text = sound
      .replace('import {', 'import { augmentation,')
      .replace(
        'export default',
        "const bad = augmentation({\n  name: 'bad',\n  draw: () => ({}),\n  apply: (image) => image.nothing.here,\n});\nexport default",
      )
      .replace('horizontalFlip()]', 'bad]');
    const thrown = (await failure(previewer.preview(file, text))) as RpcError;
    const [diagnostic] = thrown.data as [Diagnostic];
    expect(marks(text, [diagnostic])).toEqual(['6 here']);
    expect(diagnostic.message).toMatch(/bad.*reading 'here'/);
  });

  it('runs custom code that uses tf', async () => {
    const text = sound
      .replace('import {', 'import { augmentation, tf,')
      .replace(
        'export default',
        `const invert = augmentation({
  name: 'invert',
  draw: () => ({}),
  apply: ({ data, shape }) => ({ data: tf.sub(1, tf.tensor(data)).dataSync() as Float32Array<ArrayBuffer>, shape }),
});
export default`,
      )
      .replace(/views: \[.*\] \}/, 'views: [invert] }');
    const shown = await previewer.preview(file, text);
    const { image } = tilesOf(shown.draws[0]!)[0]!;
    expect(image.data).toEqual(originalOf(shown).image.data.map((value) => 255 - value));
  });
});

describe('pairs', () => {
  it('shows what the untrained network compares in a batch', async () => {
    const pairs = await previewer.peer.request('pairs', {
      file,
      overlays: {},
      exportName: 'default',
      samples: 6,
      batch: 1,
    });
    expect(pairs).toMatchObject({ samples: 6, batchSize: 16, checkpoint: undefined });
    const block = pairs.blocks[0] as SimilarityBlock;
    expect(block.anchors).toHaveLength(12);
    expect(block.values).toBeInstanceOf(Float32Array);
    for (let i = 0; i < 12; i++) expect(block.values[i * 12 + i]).toBeCloseTo(1, 3);
    expect([...block.positives.slice(0, 2), ...block.positives.slice(6, 8)]).toEqual([6, 7, 0, 1]);
  });

  it('shows the network of a run at a checkpoint, whatever the text has become', async () => {
    const project = mkdtempSync(path.join(os.tmpdir(), 'pairs of a run '));
    const trained = path.join(project, 'trained.ssl.ts');
    writeFileSync(trained, sound.replace('epochs: 1', "engine: 'wasm', epochs: 1"));
    const runs = path.join(project, '.autodidact/runs');
    const trainer = fork(path.join(root, 'dist/trainer.js'), ['start', `--file=${trained}`, `--runs=${runs}`], {
      execArgv: [],
      silent: true,
    });
    const ended = once(trainer, 'exit');
    const [{ folder: run }] = (await once(trainer, 'message')) as [{ folder: string }];
    trainer.disconnect();
    expect(await ended).toEqual([0, null]);
    const checkpoints = readdirSync(path.join(run, 'checkpoints')).sort();
    expect(checkpoints).toHaveLength(2);
    const changed = sound.replace('[8, 4]', '[16, 3]');
    const at = async (checkpoint: string) =>
      previewer.peer.request('pairs', {
        file: trained,
        overlays: { [trained]: changed },
        exportName: 'default',
        samples: 4,
        batch: 0,
        checkpoint: { run, file: `checkpoints/${checkpoint}` },
      });
    const [first, last] = [await at(checkpoints[0] as string), await at(checkpoints[1] as string)];
    expect([first.checkpoint?.epoch, last.checkpoint]).toEqual([0, { label: 'epoch 1', epoch: 1 }]);
    const similarities = ({ blocks }: typeof first) => (blocks[0] as SimilarityBlock).values;
    expect(similarities(last)).not.toEqual(similarities(first));
    rmSync(project, { recursive: true, force: true });
  });

  it('rejects with diagnostics when the data has no whole batch', async () => {
    const text = sound.replace('batchSize: 16', 'batchSize: 65');
    const request = { file, overlays: { [file]: text }, exportName: 'default', samples: 6, batch: 0 };
    const error = (await failure(previewer.peer.request('pairs', request))) as RpcError;
    expect(marks(text, error.data as Diagnostic[])).toEqual(['9 65']);
  });
});

describe('the process', () => {
  it('gives up a cancelled request and answers the next one', async () => {
    const controller = new AbortController();
    const long = failure(previewer.preview(file, undefined, { draws: 100_000 }, controller.signal));
    await previewer.peer.request('ping', null);
    controller.abort();
    expect(await long).toBeInstanceOf(RpcGone);
    expect((await previewer.preview(file, undefined)).draws).toHaveLength(2);
  });

  it('survives what code of the user leaves running', async () => {
    const text = `setTimeout(() => { throw new Error('late'); });\nPromise.reject(new Error('alone'));\n${sound}`;
    expect((await previewer.inspect(file, text)).experiments).toHaveLength(1);
    await expect.poll(() => previewer.logs.join('\n')).toMatch(/alone[\s\S]*late|late[\s\S]*alone/);
    expect((await previewer.inspect(file)).experiments).toHaveLength(1);
  });

  it('does not write into the folder of the experiment', () => {
    expect(readdirSync(folder)).toEqual([path.basename(file)]);
  });

  it('ends with its parent, and takes its temporary files along', async () => {
    const other = await PreviewerProcess.start();
    await other.inspect(file);
    const left = () =>
      readdirSync(os.tmpdir()).filter((name) => name.startsWith(`autodidact-previewer-${other.child.pid}-`));
    expect(left()).toHaveLength(1);
    const ended = once(other.child, 'exit');
    other.child.disconnect();
    expect(await ended).toEqual([0, null]);
    expect(left()).toEqual([]);
  });

  it('removes what a killed one has left when the next one starts', async () => {
    const killed = await PreviewerProcess.start();
    await killed.stop();
    const left = () =>
      readdirSync(os.tmpdir()).filter((name) => name.startsWith(`autodidact-previewer-${killed.child.pid}-`));
    expect(left()).toHaveLength(1);
    const next = await PreviewerProcess.start();
    expect(left()).toEqual([]);
    await next.stop();
  });

  it('tells a crash of user code as its own end', async () => {
    const other = await PreviewerProcess.start();
    expect(await failure(other.inspect(file, `process.exit(3);\n${sound}`))).toBeInstanceOf(RpcGone);
    expect(other.child.exitCode).toBe(3);
  });

  it('does not answer while code loops without end, and can be killed', async () => {
    const stuck = await PreviewerProcess.start();
    const asked = failure(stuck.inspect(file, `while (true);\n${sound}`));
    await untilStuck(stuck);
    await stuck.stop();
    expect(await asked).toBeInstanceOf(RpcGone);
  });

  it('ends by itself when its parent was killed, even out of an endless loop', async () => {
    // The parent has to be another process than this one.
    const parent = fork(path.join(root, 'test/support/abandon-previewer.mjs'), [`while (true);\n${sound}`]);
    const [pid] = (await once(parent, 'message')) as [number];
    parent.kill('SIGKILL');
    await expect.poll(() => isRunning(pid), { timeout: 15_000 }).toBe(false);
  });

  it('keeps little of each of many edits', async () => {
    const other = await PreviewerProcess.start({ execArgv: ['--expose-gc'] });
    // The experiment itself tells how much memory is in use in the process that runs it.
    const used = async (seed: number) => {
      const name = 'name: String((globalThis as any).gc() ?? process.memoryUsage().heapUsed)';
      const { experiments } = await other.inspect(
        file,
        sound.replace('epochs: 1', `${name}, seed: ${seed}, epochs: 1`),
      );
      return Number(experiments[0]?.name);
    };
    const edit = (i: number) => other.preview(file, sound.replace('0.3', `0.3${1000 + i}`), { draws: 1 });
    for (let i = 0; i < 50; i++) await edit(i);
    const before = await used(1);
    for (let i = 50; i < 350; i++) await edit(i);
    const perEdit = ((await used(2)) - before) / 300;
    await other.stop();
    // A day of 10,000 edits stays below 300 MB.
    expect(perEdit).toBeLessThan(30_000);
  });
});

/** Resolves when a request to the process goes unanswered. */
async function untilStuck({ peer }: PreviewerProcess): Promise<void> {
  while ((await failure(peer.request('ping', null, { timeout: 700 }))) === undefined);
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
