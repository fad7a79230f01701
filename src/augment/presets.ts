/** Published lists of augmentations. Where settings differ by data set, `cifar` (small pictures) is the default. */
import type { Augmentation } from '../experiment/contracts.js';
import { colorJitter } from './color-jitter.js';
import { gaussianBlur } from './gaussian-blur.js';
import { grayscale } from './grayscale.js';
import { horizontalFlip } from './horizontal-flip.js';
import { randomResizedCrop } from './random-resized-crop.js';
import { solarize } from './solarize.js';

export type ViewSetting = 'imagenet' | 'cifar';

type Range = [low: number, high: number];

const crop = (scale: Range) => randomResizedCrop({ scale });
const flip = () => horizontalFlip({ p: 0.5 });
const gray = () => grayscale({ p: 0.2 });
const blur = (p: number, padding?: 'zero') => gaussianBlur({ sigma: [0.1, 2], p, padding });
const jitter = (brightness: number, contrast: number, saturation: number, hue: number, p = 0.8) =>
  colorJitter({ brightness, contrast, saturation, hue, p });

/**
 * The views of SimCLR (Chen et al. 2020, arXiv:2002.05709): crop of 8 to 100 % of the area, flip, color jitter
 * (0.8 s, 0.8 s, 0.8 s, 0.2 s), grayscale, blur. `imagenet`: s = 1. `cifar` (the default): s = 0.5 and no blur.
 */
export function simclrViews(setting: ViewSetting = 'cifar'): Augmentation[] {
  const s = setting === 'imagenet' ? 1 : 0.5;
  const views: Augmentation[] = [crop([0.08, 1]), flip(), jitter(0.8 * s, 0.8 * s, 0.8 * s, 0.2 * s), gray()];
  return setting === 'imagenet' ? [...views, blur(0.5, 'zero')] : views;
}

/**
 * The view of InstDisc (Wu et al. 2018, arXiv:1805.01978): crop of 20 to 100 % of the area, grayscale, color jitter
 * (0.4, 0.4, 0.4, 0.4; always), flip. `cifar` (the default): jitter before grayscale and no flip.
 */
export function instDiscViews(setting: ViewSetting = 'cifar'): Augmentation[] {
  const colors = jitter(0.4, 0.4, 0.4, 0.4, 1);
  return setting === 'imagenet' ? [crop([0.2, 1]), gray(), colors, flip()] : [crop([0.2, 1]), colors, gray()];
}

/**
 * The views of MoCo v1 (He et al. 2020, arXiv:1911.05722): those of InstDisc on ImageNet. `cifar` (the default), of the
 * authors' demo: crop of 8 to 100 % of the area, flip, color jitter (0.4, 0.4, 0.4, 0.1; p 0.8), grayscale.
 */
export function mocoViews(setting: ViewSetting = 'cifar'): Augmentation[] {
  return setting === 'imagenet'
    ? instDiscViews('imagenet')
    : [crop([0.08, 1]), flip(), jitter(0.4, 0.4, 0.4, 0.1), gray()];
}

/**
 * The views of MoCo v2 (Chen et al. 2020, arXiv:2003.04297) and SimSiam: crop of 20 to 100 % of the area, color jitter
 * (0.4, 0.4, 0.4, 0.1; p 0.8), grayscale, blur (p 0.5), flip. `cifar` (the default) leaves the blur off.
 */
export function mocoV2Views(setting: ViewSetting = 'cifar'): Augmentation[] {
  const before = [crop([0.2, 1]), jitter(0.4, 0.4, 0.4, 0.1), gray()];
  return setting === 'imagenet' ? [...before, blur(0.5), flip()] : [...before, flip()];
}

/**
 * The two different views of BYOL (Grill et al. 2020, arXiv:2006.07733), also of Barlow Twins and VICReg: crop of 8 to
 * 100 % of the area, flip, color jitter (0.4, 0.4, 0.2, 0.1; p 0.8), grayscale; the first is always blurred, the second
 * with p 0.1 and solarized with p 0.2. `cifar` (the default) leaves the blur off.
 */
export function byolViews(setting: ViewSetting = 'cifar'): { first: Augmentation[]; second: Augmentation[] } {
  const common = () => [crop([0.08, 1]), flip(), jitter(0.4, 0.4, 0.2, 0.1), gray()];
  const blurred = (p: number) => (setting === 'imagenet' ? [blur(p)] : []);
  return { first: [...common(), ...blurred(1)], second: [...common(), ...blurred(0.1), solarize({ p: 0.2 })] };
}

/**
 * The multi-crop of SwAV (Caron et al. 2020, arXiv:2006.09882): two `global` views of 14 to 100 % of the area, six
 * `local` ones of 5 to 14 %; flip, color jitter (0.8 s, 0.8 s, 0.8 s, 0.2 s; p 0.8), grayscale, blur (p 0.5).
 * `imagenet`: s = 1. `cifar` (the default): s = 0.5 and no blur.
 * @param localSize Side of the local views in pixels; published: 96 beside 224. Default: the size of the picture.
 */
export function swavViews(
  setting: ViewSetting = 'cifar',
  localSize?: number,
): { global: Augmentation[]; local: Augmentation[] } {
  const s = setting === 'imagenet' ? 1 : 0.5;
  const common = () => [
    flip(),
    jitter(0.8 * s, 0.8 * s, 0.8 * s, 0.2 * s),
    gray(),
    ...(setting === 'imagenet' ? [blur(0.5)] : []),
  ];
  const local = randomResizedCrop({ scale: [0.05, 0.14], size: localSize });
  return { global: [crop([0.14, 1]), ...common()], local: [local, ...common()] };
}

/**
 * The multi-crop of DINO (Caron et al. 2021, arXiv:2104.14294): two global views of 40 to 100 % of the area, of which the
 * first is always blurred and the second with p 0.1 and solarized with p 0.2; eight `local` ones of 5 to 40 %, blurred
 * with p 0.5. Flip, color jitter (0.4, 0.4, 0.2, 0.1; p 0.8) and grayscale in all.
 * @param localSize Side of the local views in pixels; published: 96 beside 224. Default: the size of the picture.
 */
export function dinoViews(localSize?: number): {
  first: Augmentation[];
  second: Augmentation[];
  local: Augmentation[];
} {
  const common = () => [flip(), jitter(0.4, 0.4, 0.2, 0.1), gray()];
  return {
    first: [crop([0.4, 1]), ...common(), blur(1)],
    second: [crop([0.4, 1]), ...common(), blur(0.1), solarize({ p: 0.2 })],
    local: [randomResizedCrop({ scale: [0.05, 0.4], size: localSize }), ...common(), blur(0.5)],
  };
}

/** The view of CMC (Tian et al. 2020, arXiv:1906.05849) and of MAE: crop of 20 to 100 % of the area, and flip. */
export function cropAndFlip(): Augmentation[] {
  return [crop([0.2, 1]), flip()];
}
