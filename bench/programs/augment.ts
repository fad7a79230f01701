/** Autodidact's augmentations, one picture after the other in one thread: 8-bit pixels to the picture that is trained on. */
import { readFileSync } from 'node:fs';
import { colorJitter } from '../../src/augment/color-jitter.js';
import { gaussianBlur } from '../../src/augment/gaussian-blur.js';
import { grayscale } from '../../src/augment/grayscale.js';
import { horizontalFlip } from '../../src/augment/horizontal-flip.js';
import { reusing } from '../../src/augment/intermediate.js';
import { viewContext } from '../../src/augment/pipeline.js';
import { mocoV2Views, simclrViews } from '../../src/augment/presets.js';
import { randomResizedCrop } from '../../src/augment/random-resized-crop.js';
import { solarize } from '../../src/augment/solarize.js';
import { imageFromBytes } from '../../src/data/byte-samples.js';
import type { Augmentation } from '../../src/experiment/contracts.js';
import { serve } from './serve.js';

const setting = (side: number) => (side > 64 ? 'imagenet' : 'cifar');
const pipelines: Readonly<Record<string, (side: number) => Augmentation[]>> = {
  'random resized crop': () => [randomResizedCrop({ scale: [0.08, 1] })],
  'horizontal flip': () => [horizontalFlip({ p: 1 })],
  'color jitter': () => [colorJitter({ brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1, p: 1 })],
  grayscale: () => [grayscale({ p: 1 })],
  'Gaussian blur': () => [gaussianBlur({ sigma: [0.1, 2], p: 1 })],
  solarize: () => [solarize({ p: 1 })],
  SimCLR: (side) => simclrViews(setting(side)),
  'MoCo v2': (side) => mocoV2Views(setting(side)),
};

let current: { views: Augmentation[]; pictures: Uint8Array[]; side: number; epoch: number } | undefined;

serve({
  start: () => ({}),
  /** @param file the pixels of all pictures. */
  prepare(name: string, side: number, file: string) {
    const [all, size] = [readFileSync(file), side * side * 3];
    const pictures = Array.from({ length: all.length / size }, (_, i) => all.subarray(i * size, (i + 1) * size));
    current = { views: pipelines[name]?.(side) ?? [], pictures, side, epoch: 0 };
  },
  /** Works for so long; pictures per second of processor time. */
  run(milliseconds: number) {
    if (current === undefined) throw new Error('nothing was prepared');
    const { views, pictures, side } = current;
    const began = performance.now();
    const before = process.cpuUsage();
    let done = 0;
    while (performance.now() - began < milliseconds) {
      current.epoch++;
      pictures.forEach((bytes, sample) => {
        const context = viewContext({ seed: 0, epoch: current?.epoch ?? 0, sample, pipeline: views });
        // As batches are made: what is not handed on gives its memory to the next picture.
        reusing(() => context.augment(imageFromBytes(bytes, [side, side, 3]), views, 0));
      });
      done += pictures.length;
    }
    const { user, system } = process.cpuUsage(before);
    return done / ((user + system) / 1e6);
  },
});
