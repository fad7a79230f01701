/** Gaussian blur. */
import { z } from 'zod';
import type { Augmentation, Image } from '../experiment/contracts.js';
import { definePart } from '../experiment/part.js';
import { emptyLike, probability, range } from './shared.js';
import { kernels, memory, put, reserve } from './workspace.js';

/** Standard deviation in pixels, and side of the kernel. */
type Drawn = { sigma: number; kernel: number };
type Padding = 'reflect' | 'zero';

export const gaussianBlur = definePart({
  kind: 'augmentation',
  use: 'gaussianBlur',
  doc: 'Blurs with a Gaussian of random width. SimCLR (Chen et al. 2020, arXiv:2002.05709): sigma uniform in [0.1, 2], kernel a tenth of the height, p = 0.5; left off on pictures up to 32 pixels.',
  options: z.object({
    sigma: range(0.1, 2, 0.01, 100).describe('Standard deviation in pixels, [low, high]. Default [0.1, 2] (SimCLR).'),
    kernel: z
      .number()
      .int()
      .min(1)
      .max(255)
      .refine((side) => side % 2 === 1, 'must be odd')
      .optional()
      .describe(
        'Side of the kernel in pixels, odd. Default 2 floor(floor(height / 10) / 2) + 1 (SimCLR): 3 for 28, 23 for 224.',
      ),
    padding: z
      .enum(['reflect', 'zero'])
      .default('reflect')
      .describe(
        "Beyond the border: 'reflect' as torchvision, or 'zero' as SimCLR's code, which darkens borders. Default 'reflect'.",
      ),
    p: probability(0.5, 'SimCLR'),
  }),
  create: ({ sigma, kernel, padding, p }): Pick<Augmentation<Drawn>, 'draw' | 'apply'> => ({
    draw: (random, [height]) =>
      random.chance(p)
        ? { sigma: random.uniform(...sigma), kernel: kernel ?? 2 * Math.floor(Math.floor(height / 10) / 2) + 1 }
        : undefined,
    apply: (image, drawn) => blur(image, drawn, padding),
  }),
});

/** The Gaussian at whole pixels, normalized to sum 1. */
function gaussian({ sigma, kernel }: Drawn): Float32Array {
  const weights = new Float64Array(kernel);
  let sum = 0;
  for (let i = 0; i < kernel; i++) {
    const x = i - (kernel >> 1);
    sum += weights[i] = Math.exp((-x * x) / (2 * sigma * sigma));
  }
  return Float32Array.from(weights, (weight) => weight / sum);
}

/** Which position stands for `at`, beyond the border too; -1 means zero. */
function source(at: number, length: number, padding: Padding): number {
  if (at >= 0 && at < length) return at;
  if (padding === 'zero') return -1;
  // Reflection repeats with this period, so kernels larger than the picture work too.
  const period = Math.max(1, 2 * (length - 1));
  const phase = ((at % period) + period) % period;
  return phase < length ? phase : period - phase;
}

function blur(image: Image, drawn: Drawn, padding: Padding): Image {
  const [height, width, channels] = image.shape;
  const weights = gaussian(drawn);
  const radius = drawn.kernel >> 1;
  const room = radius * channels;
  const line = width * channels + 2 * room;
  const [kernel, padded, summed] = reserve(weights.length, (height + 2 * radius) * line, height * line + 2 * room) as [
    number,
    number,
    number,
  ];
  put(weights, kernel);
  pad(image, radius, padding, memory(), padded / 4);
  // Down the columns, as sums of whole lines; then along the rows, as sums of the picture with itself, shifted by pixels.
  kernels.sumLines(padded, 4 * line, kernel, weights.length, summed, height * line, 1);
  kernels.sumLines(summed, 4 * channels, kernel, weights.length, padded, height * line, 1);
  const blurred = emptyLike(image);
  const values = width * channels;
  for (let y = 0; y < height; y++) {
    const from = padded / 4 + y * line;
    blurred.data.set(memory().subarray(from, from + values), y * values);
  }
  return blurred;
}

/** Writes the picture with `radius` pixels more on all sides: the sides first, then whole rows above and below. */
function pad({ data, shape }: Image, radius: number, padding: Padding, to: Float32Array, start: number): void {
  const [height, width, channels] = shape;
  const values = width * channels;
  const line = values + 2 * radius * channels;
  const at = (y: number, x: number) => start + (radius + y) * line + (radius + x) * channels;
  for (let y = 0; y < height; y++) to.set(data.subarray(y * values, (y + 1) * values), at(y, 0));
  for (const x of outside(width, radius)) {
    const from = source(x, width, padding);
    for (let y = 0; y < height; y++)
      for (let c = 0; c < channels; c++) to[at(y, x) + c] = from < 0 ? 0 : (to[at(y, from) + c] as number);
  }
  for (const y of outside(height, radius)) {
    const from = source(y, height, padding);
    if (from < 0) to.fill(0, at(y, -radius), at(y + 1, -radius));
    else to.copyWithin(at(y, -radius), at(from, -radius), at(from + 1, -radius));
  }
}

/** The `radius` places before and behind 0..length-1. */
const outside = (length: number, radius: number) =>
  Array.from({ length: 2 * radius }, (_, i) => (i < radius ? i - radius : length + i - radius));
