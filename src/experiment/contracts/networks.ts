/** What is trained: networks, their variables and modes, and encoders. */
import type * as tf from '@tensorflow/tfjs-core';
import type { Part } from '../part.js';
import type { Random } from '../random.js';

export interface Mode {
  /** Batch norm uses batch statistics and updates its averages; dropout is active. */
  readonly training: boolean;
  /** Draws of this step, for dropout; without it nothing is dropped. */
  readonly random?: Random;
  /**
   * Batch norm takes the statistics of each of this many equal parts of the batch by itself, as if the parts were on
   * devices of their own; the parts follow each other. Default 1. Split batch norm: He et al., MoCo (CVPR 2020).
   */
  readonly normSplits?: number;
}

export interface NamedVariable {
  /** Path of the variable, unique in its module, such as `conv1/kernel`. */
  readonly name: string;
  readonly variable: tf.Variable;
  /** False for state that is saved but not learned (running averages, queues). */
  readonly trainable: boolean;
  /** Weight decay and LARS adaptation apply: true for kernels, false for biases and norm parameters. */
  readonly decay: boolean;
}

/** What has variables to train and to save. */
export interface Network {
  variables(): readonly NamedVariable[];
}

/** A part of a network: a function with variables. */
export interface Module extends Network {
  apply(input: tf.Tensor, mode: Mode): tf.Tensor;
}

/** Maps `[batch, ...input shape]` to features `[batch, features]`. */
export interface EncoderModule extends Module {
  readonly features: number;
  /** The way to the features of a picture, for methods that look at places. */
  readonly maps?: FeatureMaps;
  /** The way to the features of a text, for methods that look at tokens. */
  readonly tokens?: TokenFeatures;
}

export interface FeatureMaps {
  /** Of each map, finest first: its channels, and how many pixels of the input one of its pixels stands for, a side. */
  readonly stages: readonly { readonly channels: number; readonly stride: number }[];
  /** `[batch, ceil(height / stride), ceil(width / stride), channels]` of each stage. */
  apply(input: tf.Tensor, mode: Mode): tf.Tensor4D[];
}

export interface TokenFeatures {
  /** int32 `[batch, tokens, 2]` (ids and segments) to `[batch, tokens, features]`. */
  apply(input: tf.Tensor, mode: Mode): tf.Tensor3D;
  /** The table of token embeddings, `[vocabulary, width]`, which predictions of tokens share. */
  readonly table: NamedVariable;
  /**
   * How much each token looks at each other one in the last layer, `[batch, heads, tokens, tokens]`, rows sum to 1; for
   * people to see. Only of encoders that attend.
   */
  attention?(input: tf.Tensor): tf.Tensor4D;
}

/** What an encoder may need besides the shape of its inputs. */
export interface EncoderPlace {
  /** Number of tokens, for texts. */
  readonly vocabulary?: number;
  /** Folder of the experiment file: relative paths start here. */
  readonly baseFolder?: string;
}

export interface Encoder extends Part<'encoder'> {
  /** Builds the network for inputs of this shape; `random` decides its initial weights. */
  build(shape: readonly number[], random: Random, place?: EncoderPlace): EncoderModule;
}
