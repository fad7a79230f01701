/** Holes in pictures, as weights: 0 where the context is, 1 inside the hole, more in a band that is predicted and seen. */
import type { NdArray } from '../experiment/contracts.js';
import type { Random } from '../experiment/random.js';

export interface Place {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/** The middle half of each side: what is predicted of a picture with a central hole. */
export function middle(height: number, width: number): Place {
  const [own, across] = [Math.floor(height / 2), Math.floor(width / 2)];
  return { top: Math.floor((height - own) / 2), left: Math.floor((width - across) / 2), height: own, width: across };
}

/**
 * The middle, `[height, width, 1]`: its outer `band` pixels are not cut out and weigh `bandWeight`, so that the network
 * learns to continue what it sees.
 */
export function centralHole(height: number, width: number, band: number, bandWeight: number): NdArray {
  const place = middle(height, width);
  const data = new Float32Array(height * width);
  for (let y = 0; y < place.height; y++) {
    for (let x = 0; x < place.width; x++) {
      const depth = Math.min(x, y, place.width - 1 - x, place.height - 1 - y);
      data[(place.top + y) * width + place.left + x] = depth < band ? bandWeight : 1;
    }
  }
  return { data, shape: [height, width, 1] };
}

/** Size of the noise's cells as a part of the picture's height: the released code draws 0.06 values per pixel of 128. */
const CELL = 1 / (0.06 * 128);
const THRESHOLD = 0.25;
const COVERED = [0.2, 0.3] as const;
const TRIES = 100;

/**
 * Blobs of any shape that cover 20 to 30 % of the picture, `[height, width, 1]`: where noise on a coarse grid, cubically
 * interpolated, is below 0.25. Of 100 draws the one nearest to that share is taken where none has it.
 */
export function randomHole(random: Random, height: number, width: number): NdArray {
  let best = new Float32Array(height * width);
  let distance = Number.POSITIVE_INFINITY;
  for (let i = 0; i < TRIES && distance > 0; i++) {
    const noise = coarseNoise(random.at(i), height, width, Math.max(2, CELL * height));
    const hole = noise.map((value) => (value < THRESHOLD ? 1 : 0));
    const share = hole.reduce((sum, value) => sum + value, 0) / hole.length;
    const off = Math.max(0, COVERED[0] - share, share - COVERED[1]);
    if (off < distance) [best, distance] = [hole, off];
  }
  return { data: best, shape: [height, width, 1] };
}

/** Uniform values on a grid with this many pixels between points, at a random offset; cubic (Catmull-Rom) between them. */
function coarseNoise(random: Random, height: number, width: number, cell: number): Float32Array<ArrayBuffer> {
  const columns = Math.ceil(width / cell) + 5;
  const rows = Math.ceil(height / cell) + 5;
  const [offsetY, offsetX] = [random.uniform(), random.uniform()];
  const grid = Float32Array.from({ length: rows * columns }, () => random.uniform());
  const taps = (length: number, offset: number) =>
    Array.from({ length }, (_, i) => {
      const at = i / cell + offset;
      const t = at - Math.floor(at);
      const weights = [
        ((-t + 2) * t - 1) * t * 0.5,
        ((3 * t - 5) * t * t + 2) * 0.5,
        ((-3 * t + 4) * t + 1) * t * 0.5,
        (t - 1) * t * t * 0.5,
      ];
      return { first: Math.floor(at), weights };
    });
  const across = taps(width, offsetX);
  const noise = new Float32Array(height * width);
  taps(height, offsetY).forEach((down, y) => {
    across.forEach((over, x) => {
      let sum = 0;
      down.weights.forEach((v, j) => {
        over.weights.forEach((u, i) => {
          sum += u * v * (grid[(down.first + j) * columns + over.first + i] as number);
        });
      });
      noise[y * width + x] = sum;
    });
  });
  return noise;
}
