/** Gaussian blur. */
import { z } from 'zod';
import type { Augmentation, Image } from '../experiment/contracts.js';
import { definePart } from '../experiment/part.js';
import { capAtOne, emptyLike, probability, range } from './shared.js';

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
function gaussian({ sigma, kernel }: Drawn): Float64Array {
  const weights = new Float64Array(kernel);
  let sum = 0;
  for (let i = 0; i < kernel; i++) {
    const x = i - (kernel >> 1);
    sum += weights[i] = Math.exp((-x * x) / (2 * sigma * sigma));
  }
  for (let i = 0; i < kernel; i++) weights[i] = (weights[i] as number) / sum;
  return weights;
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

let scratch = new Float32Array(0);

function blur(image: Image, drawn: Drawn, padding: Padding): Image {
  const [height, width, channels] = image.shape;
  const weights = gaussian(drawn);
  const radius = drawn.kernel >> 1;
  const line = width * channels;
  const blurred = emptyLike(image);
  // Down the columns first, as sums of whole lines; a line with room beyond both borders is then blurred along itself.
  const padded = line + 2 * radius * channels;
  if (scratch.length < padded) scratch = new Float32Array(padded);
  const lines = new Int32Array(weights.length);
  const along = lines.map((_, k) => k * channels);
  for (let y = 0; y < height; y++) {
    let used = 0;
    const inside = new Float64Array(weights.length);
    for (let k = 0; k < weights.length; k++) {
      const from = source(y + k - radius, height, padding);
      if (from < 0) continue;
      lines[used] = from * line;
      inside[used++] = weights[k] as number;
    }
    scratch.fill(0, 0, padded);
    sumLines(image.data, lines, inside, used, scratch, radius * channels, line);
    if (padding === 'reflect') reflectEnds(scratch, width, channels, radius);
    sumLines(scratch, along, weights, weights.length, blurred.data, y * line, line);
  }
  capAtOne(blurred.data);
  return blurred;
}

/** Adds `count` weighted lines of `from` to a line of `to`; four at a time, since memory is what takes time. */
function sumLines(
  from: Float32Array,
  starts: Int32Array,
  weights: Float64Array,
  count: number,
  to: Float32Array,
  offset: number,
  length: number,
): void {
  let k = 0;
  for (; k + 4 <= count; k += 4) {
    const [s0, s1, s2, s3] = [starts[k], starts[k + 1], starts[k + 2], starts[k + 3]] as [
      number,
      number,
      number,
      number,
    ];
    const [a, b, c, d] = [weights[k], weights[k + 1], weights[k + 2], weights[k + 3]] as [
      number,
      number,
      number,
      number,
    ];
    for (let i = 0; i < length; i++)
      to[offset + i] =
        (to[offset + i] as number) +
        (a * (from[s0 + i] as number) + b * (from[s1 + i] as number)) +
        (c * (from[s2 + i] as number) + d * (from[s3 + i] as number));
  }
  for (; k < count; k++) {
    const start = starts[k] as number;
    const weight = weights[k] as number;
    for (let i = 0; i < length; i++) to[offset + i] = (to[offset + i] as number) + weight * (from[start + i] as number);
  }
}

/** Fills the room beyond both ends of a padded line. */
function reflectEnds(line: Float32Array, width: number, channels: number, radius: number): void {
  const fill = (x: number) => {
    const from = (radius + source(x, width, 'reflect')) * channels;
    line.copyWithin((radius + x) * channels, from, from + channels);
  };
  for (let i = 1; i <= radius; i++) {
    fill(-i);
    fill(width - 1 + i);
  }
}
