/** The trained encoder of another run: transfer, fine-tuning, further pretraining. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { makeEncoder } from '../experiment/build-encoder.js';
import {
  DataError,
  type Encoder,
  type EncoderModule,
  type EncoderPlace,
  type Method,
} from '../experiment/contracts.js';
import { definedPart, definePart } from '../experiment/part.js';
import type { Random } from '../experiment/random.js';
import { fromSpec } from '../experiment/spec.js';
import type { RunFacts } from '../protocol/run.js';
import { checkpointFile, listCheckpoints, readCheckpoint } from '../runs/checkpoint-file.js';
import { parseFacts } from '../runs/parse.js';
import { isRunId, projectFolder, runFiles, runsRoot } from '../runs/paths.js';
import { assignTensors } from './stored-variables.js';

export const fromRun = definePart({
  kind: 'encoder',
  use: 'fromRun',
  doc: [
    'The encoder that another run trained, to go on from: pretrain in one experiment, fine-tune or transfer in another.',
    'Network and weights are those of the run; its samples may have another size where the network allows that.',
  ].join('\n'),
  positional: 'run',
  options: z.object({
    run: z
      .string()
      .min(1)
      .describe(
        'Which run: its id or the beginning of it, its name (the newest run of that name is taken), or the path of its folder. Runs are looked for in the project of the experiment file.',
      ),
    checkpoint: z
      .union([z.enum(['last', 'best', 'first']), z.number().int().min(0)])
      .default('last')
      .describe(
        'Which weights: `last`, `best` (by the main evaluation), `first` (untrained), or the number of steps of a checkpoint. Default `last`.',
      ),
    frozen: z
      .boolean()
      .default(false)
      .describe('Leave the weights as they are and train only what is put on top of them. Default false.'),
  }),
  create: ({ run, checkpoint, frozen }) => ({
    build(shape: readonly number[], random: Random, place: EncoderPlace = {}): EncoderModule {
      const folder = findRun(run, place.baseFolder ?? '.');
      const facts = readFacts(folder);
      const { encoder, method } = partsOf(facts);
      const module = makeEncoder({ encoder, method }, shape, random, place);
      const { tensors } = readCheckpoint(path.join(folder, checkpointFile(chooseStep(folder, checkpoint))));
      const named = module.variables().map((own) => ({ ...own, name: `encoder/${own.name}` }));
      try {
        assignTensors(tensors, named);
      } catch (error) {
        throw new DataError(`fromRun: the weights of ${facts.id} do not fit here: ${(error as Error).message}.`);
      }
      return frozen ? asFrozen(module) : module;
    },
  }),
});

function findRun(wanted: string, baseFolder: string): string {
  const given = path.resolve(baseFolder, wanted);
  if (existsSync(path.join(given, runFiles.facts))) return given;
  const root = runsRoot(projectFolder(baseFolder));
  const ids = existsSync(root) ? readdirSync(root).filter(isRunId).sort().reverse() : [];
  const byId = ids.filter((id) => id.startsWith(wanted));
  if (byId.length > 1 && !byId.includes(wanted))
    throw new DataError(`fromRun: "${wanted}" could be any of ${byId.join(', ')}. Write more of the id.`);
  const found = byId.includes(wanted) ? wanted : (byId[0] ?? ids.find((id) => nameOf(path.join(root, id)) === wanted));
  if (found !== undefined) return path.join(root, found);
  const known = [...new Set(ids.flatMap((id) => nameOf(path.join(root, id)) ?? []))].slice(0, 8);
  const hint =
    known.length === 0 ? `there are no runs in ${root}` : `the runs in ${root} are called ${known.join(', ')}`;
  throw new DataError(`fromRun: there is no run "${wanted}"; ${hint}. Train that experiment first.`);
}

function nameOf(folder: string): string | undefined {
  try {
    return readFacts(folder).name;
  } catch {
    return undefined;
  }
}

const readFacts = (folder: string): RunFacts =>
  parseFacts(readFileSync(path.join(folder, runFiles.facts), 'utf8'), path.basename(folder));

/** The parts of the run that make its encoder. A custom method has its experiment's encoder as it is. */
function partsOf({ id, spec }: RunFacts): { encoder: Encoder; method?: Method<never> } {
  const { encoder, method } = spec as Record<'encoder' | 'method', { readonly use: string }>;
  if (definedPart(encoder.use) === undefined)
    throw new DataError(
      `fromRun: the encoder of ${id} is custom code (${encoder.use}), which cannot be made again from the run. Import that code and load the weights there.`,
    );
  return {
    encoder: fromSpec(encoder) as Encoder,
    method: definedPart(method.use) && (fromSpec(method) as Method<never>),
  };
}

function chooseStep(folder: string, checkpoint: number | 'first' | 'last' | 'best'): number {
  const steps = listCheckpoints(folder);
  const [first, last] = [steps[0], steps.at(-1)];
  if (first === undefined || last === undefined)
    throw new DataError(`fromRun: ${path.basename(folder)} has no checkpoint yet. Wait for its first one.`);
  if (checkpoint === 'first') return first;
  if (checkpoint === 'last') return last;
  const wanted =
    checkpoint === 'best'
      ? (readCheckpoint(path.join(folder, checkpointFile(last))).progress.headline?.bestStep ?? last)
      : checkpoint;
  if (steps.includes(wanted)) return wanted;
  throw new DataError(
    `fromRun: ${path.basename(folder)} has no checkpoint at step ${wanted}; there are ${steps.join(', ')}.`,
  );
}

/** The same network in inference mode, with nothing to train. */
function asFrozen({ maps, tokens, ...module }: EncoderModule): EncoderModule {
  const mode = { training: false };
  return {
    ...module,
    variables: () => module.variables().map((named) => ({ ...named, trainable: false })),
    apply: (input) => module.apply(input, mode),
    maps: maps && { ...maps, apply: (input) => maps.apply(input, mode) },
    tokens: tokens && { ...tokens, apply: (input) => tokens.apply(input, mode) },
  };
}
