/** Textured backgrounds: two colors mixed by value noise of several octaves. */
import type { Random } from '../experiment/random.js';

const octaves = 4;

/** A picture `[size, size, 3]` with values in [0, 1]. `contrast` 0 is a plain color, 1 the full range of both colors. */
export function texture(random: Random, size: number, contrast: number): Float32Array {
  const first = hsv(random.uniform(), random.uniform(0, 0.5), random.uniform(0.15, 0.85));
  const second = hsv(random.uniform(), random.uniform(0, 0.5), random.uniform(0.15, 0.85));
  const mix = noise(random, size);
  const picture = new Float32Array(size * size * 3);
  for (let i = 0; i < size * size; i++) {
    const part = 0.5 + contrast * ((mix[i] as number) - 0.5);
    for (let c = 0; c < 3; c++) picture[3 * i + c] = part * (first[c] as number) + (1 - part) * (second[c] as number);
  }
  return picture;
}

/** From 0 to 1: lattices of random values, each twice as fine and half as strong as the one before. */
function noise(random: Random, size: number): Float32Array {
  const sum = new Float32Array(size * size);
  for (let octave = 0; octave < octaves; octave++) {
    const cells = 2 << octave;
    const weight = 0.5 ** octave;
    const lattice = Float32Array.from({ length: (cells + 1) ** 2 }, () => random.uniform());
    // Along both axes, in which cell each pixel is and how far.
    const places = Float64Array.from({ length: size }, (_, i) => (i / size) * cells);
    const parts = places.map((place) => smooth(place % 1));
    for (let y = 0; y < size; y++) {
      const row = Math.floor(places[y] as number) * (cells + 1);
      const fv = parts[y] as number;
      for (let x = 0; x < size; x++) {
        const at = row + Math.floor(places[x] as number);
        const below = at + cells + 1;
        const fu = parts[x] as number;
        const upper = (1 - fu) * (lattice[at] as number) + fu * (lattice[at + 1] as number);
        const lower = (1 - fu) * (lattice[below] as number) + fu * (lattice[below + 1] as number);
        sum[y * size + x]! += weight * ((1 - fv) * upper + fv * lower);
      }
    }
  }
  const least = sum.reduce((a, b) => Math.min(a, b));
  const greatest = sum.reduce((a, b) => Math.max(a, b));
  return sum.map((value) => (value - least) / Math.max(greatest - least, 1e-6));
}

const smooth = (x: number) => x * x * (3 - 2 * x);

/** Hue, saturation and value in [0, 1] as red, green and blue. */
export function hsv(hue: number, saturation: number, value: number): [number, number, number] {
  const channel = (n: number) => {
    const k = (n + hue * 6) % 6;
    return value * (1 - saturation * Math.max(0, Math.min(k, 4 - k, 1)));
  };
  return [channel(5), channel(3), channel(1)];
}
