import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Diagnostic, ExperimentInfo, Inspection, SourceText } from '../protocol/previewer.js';
import type { RunSummary } from '../protocol/run.js';
import { checkpointFile, listCheckpoints } from '../runs/checkpoint-file.js';
import type { PreviewService } from '../trainer/preview-service.js';
import { type Arguments, type Command, done, runDirOption, UsageError, wrong } from './command.js';
import { printDiagnostics } from './diagnostics.js';
import { findRun } from './find-run.js';
import { withPreviews } from './inspecting.js';

export const views: Command = {
  summary: 'Draw what a method is shown of a sample (the Preview panel), or what it compares (Pairs), as a PNG file.',
  positionals: ['FILE'],
  options: {
    out: { type: 'string', value: 'FILE.png', help: 'Where to write the picture. Required.' },
    sample: { type: 'string', value: 'I', help: 'Which sample of the training data, from 0. Default: 0.' },
    seed: {
      type: 'string',
      value: 'S',
      help: 'Seed of the draws. Default: the experiment’s, so what training sees first.',
    },
    draws: { type: 'string', value: 'N', help: 'How many draws of the views. Default: 4.' },
    pairs: { type: 'boolean', help: 'Draw what the method compares in a batch instead.' },
    checkpoint: {
      type: 'string',
      value: 'RUN',
      help: 'With --pairs: the weights of the last checkpoint of this run. Default: the untrained network.',
    },
    samples: { type: 'string', value: 'N', help: 'With --pairs: how many samples of the batch. Default: 12.' },
    batch: { type: 'string', value: 'I', help: 'With --pairs: which batch of the first epoch, from 0. Default: 0.' },
    experiment: { type: 'string', value: 'NAME', help: 'Which export of FILE. Default: the only one, else `default`.' },
    'run-dir': runDirOption,
  },
  remarks:
    'RUN is an id, the beginning of one, or the path of the folder of a run.\n' +
    'Exit codes: 0 done, 1 failed, 2 wrong usage or experiment.',
  async run(args) {
    const out = args.text('out');
    if (out === undefined) throw new UsageError('--out is missing');
    const pairs = args.flag('pairs');
    for (const name of pairs ? (['sample', 'seed', 'draws'] as const) : (['checkpoint', 'samples', 'batch'] as const))
      if (args.text(name) !== undefined)
        throw new UsageError(pairs ? `--${name} has no meaning with --pairs` : `--${name} needs --pairs`);
    const draw = pairs ? drawPairs : drawViews;
    return withPreviews(args.positionals[0] as string, async (service, source) => {
      const inspection = await service.inspect(source);
      const errors = inspection.diagnostics.filter(({ severity }) => severity === 'error');
      if (errors.length > 0) return refuse(errors);
      const experiment = choose(inspection, args.text('experiment'));
      try {
        const { png, what } = await draw(args, service, source, experiment);
        await writeFile(out, png);
        console.log(`${path.resolve(out)}: ${what}`);
        return done;
      } catch (error) {
        if ((error as Error).name === 'PreviewError') return refuse((error as { data: Diagnostic[] }).data);
        throw error;
      }
    });
  },
};

interface Drawn {
  readonly png: Uint8Array;
  readonly what: string;
}

async function drawViews(
  args: Arguments,
  service: PreviewService,
  source: SourceText,
  { exportName, spec }: ExperimentInfo,
): Promise<Drawn> {
  const sample = args.integer('sample', 0) ?? 0;
  const seed = args.integer('seed', 0);
  const draws = args.integer('draws', 1) ?? 4;
  // The previewer counts seeds from the experiment's own.
  const reroll = seed === undefined ? 0 : seed - (spec as { seed: number }).seed;
  const preview = await service.preview({ ...source, exportName, sample, reroll, draws, disabled: [] });
  if (sample >= preview.samples)
    throw new UsageError(`--sample must be below ${preview.samples}, the number of training samples`);
  const { previewPng } = await import('../trainer/figure-png.js');
  const what = `sample ${preview.sample} of ${preview.dataTitle}, seed ${preview.seed}, ${draws} draws`;
  return { png: previewPng(preview), what };
}

async function drawPairs(
  args: Arguments,
  service: PreviewService,
  source: SourceText,
  { exportName }: ExperimentInfo,
): Promise<Drawn> {
  const samples = args.integer('samples', 1) ?? 12;
  const batch = args.integer('batch', 0) ?? 0;
  const wanted = args.text('checkpoint');
  const checkpoint = wanted === undefined ? undefined : lastCheckpoint(await findRun(args, wanted));
  const pairs = await service.pairs({ ...source, exportName, samples, batch, checkpoint });
  const { pairsPng } = await import('../trainer/figure-png.js');
  const weights = pairs.checkpoint?.label ?? 'the untrained network';
  return { png: pairsPng(pairs), what: `${pairs.samples} samples of batch ${batch}, ${weights}` };
}

function lastCheckpoint({ folder }: RunSummary): { run: string; file: string } {
  const step = listCheckpoints(folder).at(-1);
  if (step === undefined) throw new UsageError(`${folder} has no checkpoint`);
  return { run: folder, file: checkpointFile(step) };
}

function choose({ experiments }: Inspection, name: string | undefined): ExperimentInfo {
  const wanted = name ?? (experiments.length === 1 ? experiments[0]?.exportName : 'default');
  const found = experiments.find(({ exportName }) => exportName === wanted);
  if (found !== undefined) return found;
  const names = experiments.map(({ exportName }) => exportName).join(', ');
  throw new UsageError(
    name === undefined ? `choose one with --experiment: ${names}` : `no experiment ${name}: ${names}`,
  );
}

function refuse(diagnostics: readonly Diagnostic[]): number {
  printDiagnostics('', diagnostics, false);
  return wrong;
}
