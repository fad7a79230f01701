/** Published lists of augmentations. */
import type { Augmentation } from '../experiment/contracts.js';
import { colorJitter } from './color-jitter.js';
import { gaussianBlur } from './gaussian-blur.js';
import { grayscale } from './grayscale.js';
import { horizontalFlip } from './horizontal-flip.js';
import { randomResizedCrop } from './random-resized-crop.js';

/**
 * The views of SimCLR (Chen et al. 2020, arXiv:2002.05709): crop of 8 to 100 % of the area, flip, color jitter
 * (0.8 s, 0.8 s, 0.8 s, 0.2 s), grayscale, blur. `imagenet`: s = 1. `cifar` (the default): s = 0.5 and no blur.
 */
export function simclrViews(setting: 'imagenet' | 'cifar' = 'cifar'): Augmentation[] {
  const s = setting === 'imagenet' ? 1 : 0.5;
  const views: Augmentation[] = [
    randomResizedCrop({ scale: [0.08, 1] }),
    horizontalFlip({ p: 0.5 }),
    colorJitter({ brightness: 0.8 * s, contrast: 0.8 * s, saturation: 0.8 * s, hue: 0.2 * s, p: 0.8 }),
    grayscale({ p: 0.2 }),
  ];
  return setting === 'imagenet' ? [...views, gaussianBlur({ sigma: [0.1, 2], p: 0.5, padding: 'zero' })] : views;
}
