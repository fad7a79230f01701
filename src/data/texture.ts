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
    const at = (y: number, x: number) => lattice[y * (cells + 1) + x] as number;
    for (let y = 0; y < size; y++) {
      const v = (y / size) * cells;
      const [row, fv] = [Math.floor(v), smooth(v % 1)];
      for (let x = 0; x < size; x++) {
        const u = (x / size) * cells;
        const [column, fu] = [Math.floor(u), smooth(u % 1)];
        const upper = (1 - fu) * at(row, column) + fu * at(row, column + 1);
        const lower = (1 - fu) * at(row + 1, column) + fu * at(row + 1, column + 1);
        sum[y * size + x]! += weight * ((1 - fv) * upper + fv * lower);
      }
    }
  }
  const [least, greatest] = [Math.min(...sum), Math.max(...sum)];
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
