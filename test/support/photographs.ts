/** A stranger's folder of colour photographs: PNG and JPEG, odd sizes, odd names, one corrupt file. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { encode as encodePng } from 'fast-png';
import jpeg from 'jpeg-js';
import { Random } from '../../src/experiment/random.js';

type Paint = (x: number, y: number) => readonly [number, number, number];

/** A sunset, a meadow, or a lit ball on a table: three classes that differ in colour and in structure. */
function scene(kind: number, random: Random): Paint {
  const cx = random.uniform(0.25, 0.75);
  const cy = random.uniform(0.3, 0.6);
  const radius = random.uniform(0.1, 0.25);
  const warmth = random.uniform(0.7, 1);
  const stripes = random.uniform(8, 20);
  const inDisc = (x: number, y: number) => (x - cx) ** 2 + (y - cy) ** 2 < radius ** 2;
  if (kind === 0)
    return (x, y) => (inDisc(x, y) ? [255, 230, 140] : [255 * warmth * (1 - y / 2), 120 * (1 - y), 90 + 80 * y]);
  if (kind === 1)
    return (x, y) => (y < cy ? [120, 170, 230] : [60, 130 + 60 * Math.sin(stripes * x + 9 * y), 40 * warmth]);
  return (x, y) => {
    if (!inDisc(x, y)) return y > 0.6 ? [120 * warmth, 80, 50] : [200, 200, 205];
    const light = 1 - Math.hypot(x - cx + radius / 3, y - cy + radius / 3) / (2 * radius);
    return [230 * light, 40 * light, 60 * light];
  };
}

function draw(width: number, height: number, paint: Paint, random: Random): Uint8Array {
  const pixels = new Uint8Array(width * height * 3);
  for (let i = 0, y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const noise = random.uniform(-8, 8);
      for (const value of paint(x / width, y / height)) pixels[i++] = Math.max(0, Math.min(255, value + noise));
    }
  }
  return pixels;
}

function withAlpha(rgb: Uint8Array): Uint8Array {
  const rgba = new Uint8Array((rgb.length / 3) * 4).fill(255);
  for (let i = 0, o = 0; i < rgb.length; i += 3, o += 4) rgba.set(rgb.subarray(i, i + 3), o);
  return rgba;
}

/** Writes `count` pictures into three sub-folders, and one file that is not a picture. */
export function makePhotographs(folder: string, count = 200): void {
  const classes = ['sunset', 'green meadow', '红球'];
  const random = Random.fromSeed(7);
  for (let i = 0; i < count; i++) {
    const kind = i % 3;
    const width = 48 + random.integer(90);
    const height = 40 + random.integer(70);
    const pixels = draw(width, height, scene(kind, random), random);
    const target = path.join(folder, classes[kind] as string);
    mkdirSync(target, { recursive: true });
    const stem = i % 7 === 0 ? `假期 照片 ${i}` : `IMG ${String(i).padStart(4, '0')}`;
    if (i % 2 === 0)
      writeFileSync(path.join(target, `${stem}.png`), encodePng({ width, height, channels: 3, data: pixels }));
    else
      writeFileSync(path.join(target, `${stem}.JPG`), jpeg.encode({ width, height, data: withAlpha(pixels) }, 85).data);
  }
  writeFileSync(
    path.join(folder, classes[0] as string, 'broken download.jpg'),
    Uint8Array.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]),
  );
}
