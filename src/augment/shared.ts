/** What the augmentations have in common. */
import { z } from 'zod';
import type { Image } from '../experiment/contracts.js';
import { pixels } from './intermediate.js';

/** The option `p`. */
export const probability = (value: number, source: string) =>
  z
    .number()
    .min(0)
    .max(1)
    .default(value)
    .describe(`Probability of being applied, 0 to 1. Default ${value} (${source}).`);

/** A range `[low, high]` with low <= high. */
export const range = (low: number, high: number, least: number, most = Number.POSITIVE_INFINITY) =>
  z
    .tuple([z.number().min(least).max(most), z.number().min(least).max(most)])
    .refine(([a, b]) => a <= b, 'the first number must not be above the second')
    .default([low, high]);

/** A box of pixels. */
export interface Box {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/** A picture of the same shape with its own pixels: a copy, to be changed in place. */
export function copyOf(image: Image): Image {
  const copy = emptyLike(image);
  copy.data.set(image.data);
  return copy;
}

/** A picture of the same shape with its own pixels, still to be written. */
export function emptyLike({ data, shape }: Image): Image {
  return { data: pixels(data.length), shape };
}
