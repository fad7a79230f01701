/** What augmentations and views make of a sample. */
import type { DrawnValue } from '../../protocol/figure.js';
import type { Part } from '../part.js';
import type { Random } from '../random.js';
import type { Clip, Image, NdArray, OpenData, Samples } from './data.js';

/** Parameters drawn for one augmentation of one picture; plain values, shown on hover. */
export type Drawn = Readonly<Record<string, DrawnValue>>;

/**
 * A random change of a picture, in two halves so that a person can be shown what was drawn: `draw` decides,
 * `apply` executes. Both are pure; neither may change its input, or keep it: its memory is used again.
 */
export interface Augmentation<D extends Drawn = Drawn> extends Part<'augmentation'> {
  /** Draws the parameters for a picture of this shape; undefined means: leave it as it is. */
  draw(random: Random, shape: Image['shape']): D | undefined;
  apply(image: Image, drawn: D): Image;
}

/** What `views` may use for one sample. Draws are a function of (seed, epoch, sample) and the counters given. */
export interface ViewContext<S = Image> {
  readonly data: OpenData<S>;
  /** The split that the sample is of, and its place in it. */
  readonly samples: Samples<S>;
  readonly index: number;
  /** A stream for the method's own decisions (which rotation, which permutation). */
  random(...counters: number[]): Random;
  /**
   * Runs a pipeline. Views with different numbers get independent draws; all frames of a film share one draw. What is
   * known of places in a film (its track) does not hold afterwards and is left out. The result is for this example: while
   * batches are made its memory is used again for the next one.
   */
  augment<P extends Image | Clip>(pictures: P, pipeline: readonly Augmentation[], view: number): P;
}

/** What the network is shown for one sample: arrays and numbers by name. Samples of a batch must agree in shapes. */
export type Example = Readonly<Record<string, NdArray | number>>;
