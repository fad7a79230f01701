import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Diagnostic, Inspection } from '../protocol/previewer.js';
import { type Command, done, UsageError, wrong } from './command.js';
import { printDiagnostics } from './diagnostics.js';
import { withPreviews } from './inspecting.js';

export const views: Command = {
  summary: 'Draw what a method is shown of one picture: the grid of the Preview panel, as a PNG file.',
  positionals: ['FILE'],
  options: {
    out: { type: 'string', value: 'FILE.png', help: 'Where to write the picture. Required.' },
    sample: { type: 'string', value: 'I', help: 'Which picture of the training data, from 0. Default: 0.' },
    seed: {
      type: 'string',
      value: 'S',
      help: 'Seed of the draws. Default: the experiment’s, so what training sees first.',
    },
    draws: { type: 'string', value: 'N', help: 'How many draws of the views, one a row. Default: 4.' },
    experiment: { type: 'string', value: 'NAME', help: 'Which export of FILE. Default: the only one, else `default`.' },
  },
  remarks: 'The original is at the upper left. Exit codes: 0 done, 1 failed, 2 wrong usage or experiment.',
  async run(args) {
    const file = args.positionals[0] as string;
    const out = args.text('out');
    if (out === undefined) throw new UsageError('--out is missing');
    const sample = args.integer('sample', 0) ?? 0;
    const seed = args.integer('seed', 0);
    const draws = args.integer('draws', 1) ?? 4;
    return withPreviews(file, async (service, source) => {
      const inspection = await service.inspect(source);
      const errors = inspection.diagnostics.filter(({ severity }) => severity === 'error');
      if (errors.length > 0) return refuse(errors);
      const { exportName, spec } = choose(inspection, args.text('experiment'));
      // The previewer counts seeds from the experiment's own.
      const reroll = seed === undefined ? 0 : seed - (spec as { seed: number }).seed;
      try {
        const preview = await service.preview({ ...source, exportName, sample, reroll, draws, disabled: [] });
        if (sample >= preview.samples)
          throw new UsageError(`--sample must be below ${preview.samples}, the number of training samples`);
        const { previewPng } = await import('../trainer/figure-png.js');
        await writeFile(out, previewPng(preview));
        const what = `sample ${preview.sample} of ${preview.dataTitle}, seed ${preview.seed}`;
        console.log(`${path.resolve(out)}: ${what}, ${draws} draws`);
        return done;
      } catch (error) {
        if ((error as Error).name === 'PreviewError') return refuse((error as { data: Diagnostic[] }).data);
        throw error;
      }
    });
  },
};

function choose({ experiments }: Inspection, name: string | undefined): Inspection['experiments'][number] {
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
