import * as tf from '@tensorflow/tfjs-core';
import { gridCorners, gridSize } from '../augment/patch-grid.js';
import type { EncoderContext, EncoderModule } from '../experiment/contracts.js';

/** An encoder of pictures made of one of patches: its features are the mean over the grid of patches. */
export interface PatchGridEncoder extends EncoderModule {
  /** The encoder of one patch, `[n, patch, patch, channels]` to `[n, features]`. */
  readonly patch: EncoderModule;
  readonly rows: number;
  readonly columns: number;
}

export interface PatchGrid {
  /** Pixels of a patch, a side. */
  readonly patch: number;
  /** Pixels from one patch to the next. */
  readonly stride: number;
}

/** Patches are samples of their own to the encoder of patches, so it must have no batch norm: that would join them. */
export function patchGridEncoder({ shape, make }: EncoderContext, { patch, stride }: PatchGrid): PatchGridEncoder {
  const [height, width, channels] = shape as [number, number, number];
  const inner = make([patch, patch, channels]);
  const corners = gridCorners(shape, patch, stride);
  return {
    patch: inner,
    rows: gridSize(height, patch, stride),
    columns: gridSize(width, patch, stride),
    features: inner.features,
    variables: inner.variables,
    apply(images, mode) {
      const [batch] = images.shape as [number];
      const patches = corners.map(({ top, left }) =>
        tf.slice(images, [0, top, left, 0], [batch, patch, patch, channels]),
      );
      const features = inner.apply(tf.concat(patches), mode);
      return tf.mean(tf.reshape(features, [corners.length, batch, inner.features]), 0);
    },
  };
}
