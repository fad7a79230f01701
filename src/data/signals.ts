/** Signals made by a generator: something to learn from at once, with classes that are known exactly. */
import { z } from 'zod';
import type { Dataset, OpenData, Samples, Signal } from '../experiment/contracts.js';
import { definePart } from '../experiment/part.js';
import { Random } from '../experiment/random.js';
import { checkIndex } from './byte-samples.js';

/** One period of each class as a function of its phase in [0, 1), values in [-1, 1]. */
const waves: Readonly<Record<string, (phase: number) => number>> = {
  sine: (p) => Math.sin(2 * Math.PI * p),
  triangle: (p) => 1 - 4 * Math.abs(p - 0.5),
  square: (p) => (p < 0.5 ? 1 : -1),
  sawtooth: (p) => 2 * p - 1,
  pulse: (p) => (p < 0.15 ? 1 : -0.2),
  'two tones': (p) => 0.6 * Math.sin(2 * Math.PI * p) + 0.4 * Math.sin(6 * Math.PI * p),
};
/** Classes that change on the way: how the frequency and the strength go with time u in [0, 1). */
const changing: Readonly<
  Record<string, { readonly pitch?: (u: number) => number; readonly strength?: (u: number) => number }>
> = {
  rising: { pitch: (u) => 2 ** (u - 0.5) },
  tremolo: { strength: (u) => 0.6 + 0.4 * Math.sin(2 * Math.PI * 6 * u) },
};
const classes = [...Object.keys(waves), ...Object.keys(changing)];

/** Periods per value, before a class changes it: between 1/48 and 1/16, evenly in octaves. */
const [slowest, fastest] = [1 / 48, 1 / 16];

const count = (what: string, value: number) =>
  z
    .number()
    .int()
    .min(1)
    .max(1_000_000)
    .default(value)
    .describe(`Number of ${what} signals, 1 or more. Default ${value}.`);

export const signals = definePart({
  kind: 'dataset',
  use: 'signals',
  doc: [
    'Generated signals in 8 classes: sine, triangle, square, sawtooth, pulse, two tones, a rising tone and a tremolo, each with a random',
    'pitch (within 1.6 octaves), phase, strength and noise. Made from a seed, so no file is needed and every copy is the same.',
    'For recordings of your own take sequence().',
  ].join('\n'),
  options: z.object({
    length: z
      .number()
      .int()
      .min(16)
      .max(65_536)
      .default(512)
      .describe('Values of a signal, 16 to 65,536. Default 512.'),
    noise: z
      .number()
      .min(0)
      .max(10)
      .default(0.1)
      .describe('Deviation of the noise on each value, 0 or more; signals lie between -1 and 1. Default 0.1.'),
    train: count('training', 2000),
    test: count('test', 500),
    seed: z.number().int().min(0).default(0).describe('Which signals: another seed gives others. Default 0.'),
  }),
  create: ({ length, noise, train, test, seed }): Pick<Dataset<Signal>, 'open'> => ({
    async open(): Promise<OpenData<Signal>> {
      const split = (name: string, number: number, size: number): Samples<Signal> => {
        const checked = (index: number) => {
          checkIndex(index, size);
          return index;
        };
        return {
          length: size,
          get: (index) =>
            drawSignal(Random.fromSeed(seed).at(number, checked(index)), index % classes.length, length, noise),
          label: (index) => checked(index) % classes.length,
          name: (index) => `${name}/${checked(index)}`,
        };
      };
      return {
        kind: 'sequence',
        title: 'Generated signals',
        shape: [length, 1],
        classes,
        train: split('train', 0, train),
        test: split('test', 1, test),
        notes: [],
      };
    },
  }),
});

function drawSignal(random: Random, label: number, length: number, noise: number): Signal {
  const name = classes[label] as string;
  const { pitch = () => 1, strength = () => 1 } = changing[name] ?? {};
  const wave = waves[name] ?? (waves.sine as (phase: number) => number);
  const frequency = slowest * (fastest / slowest) ** random.uniform();
  const loudness = random.uniform(0.6, 1);
  let phase = random.uniform();
  const data = Float32Array.from({ length }, (_, t) => {
    const u = t / length;
    phase = (phase + frequency * pitch(u)) % 1;
    return loudness * strength(u) * wave(phase) + noise * random.normal();
  });
  return { data, shape: [length, 1] };
}
