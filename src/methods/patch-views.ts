/** What the methods of contrastive predictive coding share: options of the patch grid, its views and its pictures. */
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { cutPatches, gridCorners, gridSize } from '../augment/patch-grid.js';
import type {
  Augmentation,
  BatchFigures,
  Example,
  ExampleFigures,
  Image,
  Mode,
  NdArray,
  OpenData,
  ViewContext,
} from '../experiment/contracts.js';
import { partOf } from '../experiment/part.js';
import type { PatchGrid, PatchGridEncoder } from '../nn/patch-grid-encoder.js';
import type { Block, Box } from '../protocol/figure.js';
import { assembled, type FuturePictures } from './figures/futures.js';

const side = z.number().int().min(2).max(1024);

export const patchOptions = {
  patch: side
    .default(8)
    .describe('For pictures: pixels of a patch, a side. Default 8; published: 64 of 256 (CPC), 80 of 260 (CPC v2).'),
  stride: side
    .default(4)
    .describe(
      'For pictures: pixels from one patch to the next. Default 4: patches overlap by half; published: 32 (CPC), 36 (CPC v2).',
    ),
  views: z
    .array(partOf<Augmentation>('augmentation'))
    .default([])
    .describe('For pictures: augmentations of the whole picture, before it is cut. Default none.'),
  patchViews: z
    .array(partOf<Augmentation>('augmentation'))
    .default([])
    .describe(
      'For pictures: augmentations of each patch by itself, which must keep its size: small crops and lost colors make it hard to continue edges. Default none.',
    ),
};

export interface PatchViews extends PatchGrid {
  readonly views: readonly Augmentation[];
  readonly patchViews: readonly Augmentation[];
}

/** The patches of a picture, row by row, `[rows * columns, patch, patch, channels]`. */
export function patchesOf(
  image: Image,
  { patch, stride, views, patchViews }: PatchViews,
  context: ViewContext,
): NdArray {
  const cut = cutPatches(context.augment(image, views, 0), patch, stride);
  const shown = patchViews.length === 0 ? cut : cut.map((own, i) => context.augment(own, patchViews, i + 1));
  const size = patch * patch * image.shape[2];
  const data = new Float32Array(shown.length * size);
  shown.forEach((own, i) => {
    if (own.data.length !== size)
      throw new Error(
        `patchViews made a patch of [${own.shape}] out of ${patch} x ${patch} pixels: they must keep its size`,
      );
    data.set(own.data, i * size);
  });
  return { data, shape: [shown.length, patch, patch, image.shape[2]] };
}

/** Rows ahead that share pixels with the row they are predicted from. */
export const overlappingRows = ({ patch, stride }: PatchGrid): number => Math.ceil(patch / stride) - 1;

/** What is wrong with a grid for pictures of this shape, when rows up to `farthest` ahead are predicted. */
export function gridProblems(
  { shape }: Pick<OpenData, 'shape'>,
  grid: PatchGrid,
  nearest: number,
  farthest: number,
): string[] {
  const [rows, columns] = shape.slice(0, 2).map((pixels) => gridSize(pixels, grid.patch, grid.stride)) as [
    number,
    number,
  ];
  const found = `patches of ${grid.patch} pixels every ${grid.stride} pixels make a grid of ${rows} x ${columns} of pictures of ${shape[0]} x ${shape[1]}`;
  if (nearest > farthest)
    return [
      `steps (${farthest}) must be more than skip (${nearest - 1}), or nothing is left to predict. Rows that share pixels are skipped by default.`,
    ];
  if (Math.min(rows, columns) <= farthest)
    return [
      `${found}, too small to predict ${farthest} rows ahead. Take smaller patches, a smaller stride or fewer steps.`,
    ];
  return [];
}

/** Latents of all patches of a batch, `[batch, rows, columns, features]`. */
export function patchLatents({ patch, rows, columns }: PatchGridEncoder, patches: tf.Tensor, mode: Mode): tf.Tensor4D {
  const [batch, count, ...shape] = patches.shape as [number, number, number, number, number];
  const features = patch.apply(tf.reshape(patches, [batch * count, ...shape]), mode);
  return tf.reshape(features, [batch, rows, columns, patch.features]);
}

/** The picture a grid of patches was cut from, with a box for each patch that does not overlap the one before. */
export function showPatches(grid: PatchGrid, example: Example, { tiles, data }: ExampleFigures): Block[] {
  const [height, width] = data.shape as [number, number];
  const patches = tiles.patches ?? [];
  const corners = gridCorners(data.shape, grid.patch, grid.stride);
  const image = assembled(
    patches.map(({ image }, i) => ({ image, ...(corners[i] as { left: number; top: number }) })),
    width,
    height,
  );
  const sparse = Math.ceil(grid.patch / grid.stride) * grid.stride;
  const boxes = corners.flatMap(({ left, top }): Box[] =>
    left % sparse === 0 && top % sparse === 0
      ? [{ left, top, width: grid.patch, height: grid.patch, role: 'anchor' }]
      : [],
  );
  const { shape } = example.patches as NdArray;
  return [
    { kind: 'images', tiles: [{ image, caption: `${shape[0]} patches`, boxes }] },
    {
      kind: 'images',
      columns: Array.from({ length: gridSize(width, grid.patch, grid.stride) }, (_, i) => `column ${i + 1}`),
      tiles: patches.map((tile) => ({ ...tile, caption: '' })),
    },
  ];
}

/**
 * Pictures of a batch of patches for figures of what is predicted. `latents` says which patch a latent is, where the
 * grid was turned; default: row by row.
 */
export function patchPictures(
  { tiles, data }: BatchFigures,
  grid: PatchGrid,
  columns: number,
  latents: (place: number) => number = (place) => place,
): FuturePictures {
  const [height, width] = data.shape as [number, number];
  const corners = gridCorners(data.shape, grid.patch, grid.stride);
  const patches = tiles.patches ?? [];
  const each = corners.length;
  const corner = (place: number) => corners[latents(place)] as { left: number; top: number };
  const tile = (sample: number, place: number) => patches[sample * each + latents(place)];
  return {
    latent: (index) => tile(Math.floor(index / each), index % each) ?? { image: assembled([], 1, 1), caption: '' },
    context(sample, row, column, ahead) {
      const seen = Array.from({ length: (row + 1) * columns }, (_, place) => ({
        image: tile(sample, place)?.image,
        ...corner(place),
      }));
      const image = assembled(
        seen.flatMap(({ image, ...at }) => (image ? [{ image, ...at }] : [])),
        width,
        height,
      );
      const box = (place: number, role: Box['role']): Box => ({
        ...corner(place),
        width: grid.patch,
        height: grid.patch,
        role,
      });
      return {
        image,
        caption: tile(sample, 0)?.label ?? `sample ${sample + 1}`,
        boxes: [box(row * columns + column, 'anchor'), box((row + ahead) * columns + column, 'target')],
      };
    },
  };
}
