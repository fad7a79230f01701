/**
 * Following what moves, for films whose objects nobody has marked: Wang & Gupta (ICCV 2015, arXiv:1505.00687) start where
 * points move and follow with a correlation filter; here it is plain template matching.
 */
import type { Clip, Image, NdArray } from '../experiment/contracts.js';
import { frame } from '../experiment/encoder-input.js';
import type { Box } from './shared.js';

/** How far a thing may go from one frame to the next, as a part of the box's side. */
const reach = 0.35;
/** Share of what is seen now in the template that is looked for next: it follows slow changes, and drifts little. */
const learning = 0.15;

interface Gray {
  readonly data: Float32Array;
  readonly height: number;
  readonly width: number;
}

function gray({ data, shape: [height, width, channels] }: Image): Gray {
  const values = new Float32Array(height * width);
  for (let i = 0; i < values.length; i++) {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += data[i * channels + c] as number;
    values[i] = sum / channels;
  }
  return { data: values, height, width };
}

/** The square of this side in which most changes between two frames, moved so that the change is in its middle. */
export function movingBox(before: Image, after: Image, side: number): Box {
  const [a, b] = [gray(before), gray(after)];
  const { height, width } = a;
  // Sums over squares from sums over all rectangles that start at the corner.
  const sums = new Float64Array((height + 1) * (width + 1));
  const at = (y: number, x: number) => sums[y * (width + 1) + x] as number;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      sums[(y + 1) * (width + 1) + x + 1] =
        Math.abs((b.data[y * width + x] as number) - (a.data[y * width + x] as number)) +
        at(y, x + 1) +
        at(y + 1, x) -
        at(y, x);
  let best: Box[] = [];
  let most = -1;
  for (let top = 0; top + side <= height; top++) {
    for (let left = 0; left + side <= width; left++) {
      const change = at(top + side, left + side) - at(top, left + side) - at(top + side, left) + at(top, left);
      if (change > most + 1e-6) [best, most] = [[], change];
      if (change > most - 1e-6) best.push({ top, left, height: side, width: side });
    }
  }
  // Many squares may hold all of the change: the middle one has it in its middle.
  const mean = (of: (box: Box) => number) => Math.round(best.reduce((sum, box) => sum + of(box), 0) / best.length);
  return { top: mean(({ top }) => top), left: mean(({ left }) => left), height: side, width: side };
}

/**
 * Follows the square of this side that moves most at the beginning: in each frame it is where a slowly changing template
 * matches best, by normalized cross-correlation, near where it was. Same form as the track of a clip, `[frames, 4]`.
 */
export function trackByTemplate(clip: Clip, side: number): NdArray & { readonly data: Float32Array } {
  const frames = clip.shape[0];
  let box = movingBox(frame(clip, 0), frame(clip, Math.min(1, frames - 1)), side);
  const track = new Float32Array(frames * 4);
  let template: Float32Array | undefined;
  for (let t = 0; t < frames; t++) {
    const picture = gray(frame(clip, t));
    if (template !== undefined) box = bestMatch(picture, template, box);
    const seen = standardized(picture, box);
    template = template === undefined ? seen : mixed(template, seen);
    track.set([box.left, box.top, box.width, box.height], 4 * t);
  }
  return { data: track, shape: [frames, 4] };
}

function bestMatch(picture: Gray, template: Float32Array, near: Box): Box {
  const far = Math.max(1, Math.ceil(reach * near.width));
  let best = near;
  let score = Number.NEGATIVE_INFINITY;
  for (let dy = -far; dy <= far; dy++) {
    for (let dx = -far; dx <= far; dx++) {
      const box = { ...near, top: near.top + dy, left: near.left + dx };
      if (box.top < 0 || box.left < 0 || box.top + box.height > picture.height || box.left + box.width > picture.width)
        continue;
      const seen = standardized(picture, box);
      let own = 0;
      for (let i = 0; i < seen.length; i++) own += (seen[i] as number) * (template[i] as number);
      // Of equally good places the nearest one.
      own -= 1e-6 * (dx * dx + dy * dy);
      if (own > score) [best, score] = [box, own];
    }
  }
  return best;
}

/** The pixels of a box with mean 0 and length 1: a product of two such is their normalized cross-correlation. */
function standardized({ data, width }: Gray, box: Box): Float32Array {
  const pixels = new Float32Array(box.height * box.width);
  for (let y = 0; y < box.height; y++) {
    const from = (box.top + y) * width + box.left;
    pixels.set(data.subarray(from, from + box.width), y * box.width);
  }
  return unit(pixels);
}

function unit(pixels: Float32Array): Float32Array {
  let mean = 0;
  for (const value of pixels) mean += value / pixels.length;
  let length = 1e-12;
  for (const value of pixels) length += (value - mean) ** 2;
  const factor = 1 / Math.sqrt(length);
  return pixels.map((value) => (value - mean) * factor);
}

const mixed = (template: Float32Array, seen: Float32Array) =>
  unit(template.map((value, i) => (1 - learning) * value + learning * (seen[i] as number)));

/** The square around a box of a picture, `context` times as large as its longer side and moved inside. */
export function squareAround({ shape: [rows, columns] }: Image, box: Box, context: number): Box {
  const side = Math.max(2, Math.min(rows, columns, Math.round(context * Math.max(box.width, box.height))));
  const start = (middle: number, length: number) => Math.max(0, Math.min(length - side, Math.round(middle - side / 2)));
  return {
    left: start(box.left + box.width / 2, columns),
    top: start(box.top + box.height / 2, rows),
    width: side,
    height: side,
  };
}

/** A row of a track. */
export function boxAt({ data }: NdArray, t: number): Box {
  const [left, top, width, height] = data.subarray(4 * t, 4 * t + 4) as unknown as [number, number, number, number];
  return { left, top, width, height };
}
