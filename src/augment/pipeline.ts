/**
 * Runs augmentations with draws that depend on (seed, epoch, sample, view, position) and on nothing else: switching
 * one augmentation off, or looking at one sample alone, leaves all other draws as they are.
 */
import type { Augmentation, Clip, Image, ViewContext } from '../experiment/contracts.js';
import { filmOf, frame } from '../experiment/encoder-input.js';
import { Random, Stream } from '../experiment/random.js';
import type { AppliedOp } from '../protocol/figure.js';
import { keeping } from './intermediate.js';
import { copyOf } from './shared.js';

/** What was done to get a picture, by the pixels of that picture. */
export type Traces = Map<ArrayBufferView, readonly AppliedOp[]>;

export interface ViewSettings {
  readonly seed: number;
  readonly epoch: number;
  /** Dataset index of the sample. */
  readonly sample: number;
  /** All augmentations of the method; positions in this list number the switches. Default: each pipeline by itself. */
  readonly pipeline?: readonly Augmentation[];
  /** Positions that are switched off. */
  readonly disabled?: ReadonlySet<number>;
  /** Filled with what was done to each picture. */
  readonly traces?: Traces;
}

/** The half of a ViewContext that draws. */
export type Draws = Pick<ViewContext, 'random' | 'augment'>;

/** Marks a method's own draws; no view has this number. */
const own = 0xffff_ffff;

export function viewContext({ seed, epoch, sample, pipeline: all, disabled, traces }: ViewSettings): Draws {
  const root = Random.fromSeed(seed).at(Stream.view, epoch, sample);
  return {
    random: (...counters) => root.at(own, ...counters),
    augment<P extends Image | Clip>(pictures: P, pipeline: readonly Augmentation[], view: number): P {
      const done: AppliedOp[] = [...(traces?.get(pictures.data) ?? [])];
      const ofView = root.at(view);
      const isFilm = pictures.shape.length === 4;
      const result = keeping(() => {
        let current = isFilm ? framesOf(pictures as Clip) : [pictures as Image];
        pipeline.forEach((op, position) => {
          const index = all === undefined || all === pipeline ? position : all.indexOf(op);
          const first = current[0] as Image;
          const drawn = disabled?.has(index) ? undefined : draw(op, ofView.at(position), first, position, view);
          if (drawn !== undefined) current = current.map((image) => apply(op, image, drawn, position, view));
          if (traces !== undefined) done.push({ op: op.use, index, applied: drawn !== undefined, drawn: drawn ?? {} });
        });
        const [only] = current as [Image];
        // Callers own what they get, so that it can be told apart from the sample and from other views.
        return (isFilm ? filmOf(current) : only === pictures ? copyOf(only) : only) as P;
      });
      traces?.set(result.data, done);
      return result;
    },
  };
}

const framesOf = (film: Clip): Image[] => Array.from({ length: film.shape[0] }, (_, i) => frame(film, i));

function draw(op: Augmentation, random: Random, image: Image, position: number, view: number) {
  try {
    return op.draw(random, image.shape);
  } catch (cause) {
    throw failure(op, position, view, `its draw failed: ${(cause as Error)?.message ?? cause}`, cause);
  }
}

function apply(
  op: Augmentation,
  image: Image,
  drawn: NonNullable<ReturnType<Augmentation['draw']>>,
  position: number,
  view: number,
): Image {
  let result: Image;
  try {
    result = op.apply(image, drawn);
  } catch (cause) {
    throw failure(op, position, view, (cause as Error)?.message ?? String(cause), cause);
  }
  const { data, shape } = result ?? {};
  if (!(data instanceof Float32Array) || shape?.length !== 3 || data.length !== shape[0] * shape[1] * shape[2])
    throw failure(
      op,
      position,
      view,
      'it must return { data: Float32Array, shape: [height, width, channels] } that fit each other',
    );
  return result;
}

function failure(op: Augmentation, position: number, view: number, message: string, cause?: unknown): Error {
  const error = new Error(`augmentation ${op.use} (number ${position + 1} of view ${view}): ${message}`, { cause });
  // The stack of user code is what leads to the line.
  if (cause instanceof Error && cause.stack !== undefined)
    error.stack = `${error.name}: ${error.message}\n${cause.stack}`;
  return error;
}
