// Makes the emoji data set: Noto Emoji and Twemoji as 32 x 32 pixels on white, in the format of CIFAR-10, by kind.
// npm install --prefix FOLDER emoji-datasource-google@16.0.0 emoji-datasource-twitter@16.0.0
// node scripts/run-ts.mjs scripts/emoji.ts FOLDER [OUT = examples/data/emoji]
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { decodePng } from '../src/data/png.js';

/** What the package says of an emoji, as far as it is needed here. */
interface Entry {
  readonly unified: string;
  readonly short_name: string;
  readonly image: string;
  readonly subcategory: string;
  readonly sort_order: number;
  readonly has_img_google: boolean;
  readonly has_img_twitter: boolean;
  readonly skin_variations?: Readonly<Record<string, Pick<Entry, 'image' | `has_img_${Artist}`>>>;
}
type Artist = 'google' | 'twitter';

interface Emoji {
  readonly name: string;
  readonly kind: string;
  readonly group: string;
  /** Red, green, blue, each row by row. */
  readonly planes: Buffer;
}

const side = 32;
const heldOut = 0.18;

/** Class by subcategory; what is too small or too mixed to be one is left out. */
const kinds: Readonly<Record<string, RegExp>> = {
  Faces: /^(face-.*|cat-face|monkey-face)$/,
  Hands: /^hand/,
  People: /^(person|person-(fantasy|sport|activity|role|gesture|resting)|family)$/,
  Animals: /^animal-/,
  Plants: /^(plant-.*|food-fruit|food-vegetable)$/,
  'Food & drink': /^(food-(prepared|asian|sweet)|dishware|drink)$/,
  Vehicles: /^transport-(ground|air|water)$/,
  Places: /^(place-.*|sky & weather)$/,
  Clothing: /^clothing$/,
  Objects:
    /^(musical-instrument|light & video|book-paper|tool|medical|money|computer|office|writing|phone|science|sound|mail|lock|household|sport|game|arts & crafts|other-object)$/,
  Signs:
    /^(keycap|other-symbol|alphanum|av-symbol|transport-sign|warning|arrow|religion|math|punctuation|zodiac|gender|geometric|heart)$/,
  Flags: /^(country-flag|subdivision-flag|flag)$/,
};
const classes = Object.keys(kinds);
/** Skin tones beside the yellow one: hands need all to be as many as other classes, people would be too many. */
const tones: Readonly<Record<string, readonly string[]>> = {
  Hands: ['1F3FB', '1F3FC', '1F3FD', '1F3FE', '1F3FF'],
  People: ['1F3FD'],
};

const artists: Readonly<Record<Artist, string>> = { google: 'noto', twitter: 'twemoji' };

const [source, target = 'examples/data/emoji'] = process.argv.slice(2);
if (source === undefined) throw new Error('usage: node scripts/run-ts.mjs scripts/emoji.ts FOLDER [OUT]');
const packageOf = (artist: Artist) => path.join(source, 'node_modules', `emoji-datasource-${artist}`);

/** Emoji that differ in gender, skin tone or direction only have the same key, and so do all families. */
function groupOf({ unified, subcategory }: Entry): string {
  if (subcategory === 'family') return subcategory;
  return unified
    .replace(/-200D-(2640|2642|27A1)(?=-|$)/g, '')
    .replace(/-FE0F/g, '')
    .replace(/^(1F468|1F469|1F9D1)(?=-|$)/, 'person');
}

/** A 64 x 64 picture on white at half its size: two by two pixels averaged. */
function planesOf(artist: Artist, file: string): Buffer {
  const { width, height, data } = decodePng(readFileSync(path.join(packageOf(artist), 'img', artist, '64', file)));
  if (width !== 2 * side || height !== 2 * side) throw new Error(`${file} is ${width} x ${height}, not 64 x 64`);
  const planes = Buffer.alloc(3 * side * side);
  for (let c = 0; c < 3; c++)
    for (let y = 0; y < side; y++)
      for (let x = 0; x < side; x++) {
        const corner = 2 * y * width + 2 * x;
        const four = [0, 1, width, width + 1].map((step) => data[3 * (corner + step) + c] as number);
        planes[(c * side + y) * side + x] = Math.round(four.reduce((a, b) => a + b) / 4);
      }
  return planes;
}

const entries: Entry[] = JSON.parse(readFileSync(path.join(packageOf('google'), 'emoji.json'), 'utf8'));
const found = entries
  .sort((a, b) => a.sort_order - b.sort_order)
  .flatMap((entry): Emoji[] => {
    const kind = classes.find((name) => kinds[name]?.test(entry.subcategory));
    if (kind === undefined) return [];
    const toned = (tones[kind] ?? []).flatMap((tone) => {
      const variation = entry.skin_variations?.[tone];
      return variation === undefined ? [] : [{ ...variation, name: `${entry.short_name} ${tone}` }];
    });
    return [{ ...entry, name: entry.short_name }, ...toned].flatMap((picture) =>
      (['google', 'twitter'] as const)
        .filter((artist) => picture[`has_img_${artist}`])
        .map((artist) => ({
          name: `${artists[artist]}/${picture.name}`,
          kind,
          group: groupOf(entry),
          planes: planesOf(artist, picture.image),
        })),
    );
  });

/** Mean absolute difference of two pictures, 0 to 255. */
function difference(a: Buffer, b: Buffer): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs((a[i] as number) - (b[i] as number));
  return sum / a.length;
}

// Pictures that hardly differ (clocks, flags of islands) belong together too; of equal ones the first is kept.
const equal = 1;
const near = 8;
const parents = new Map(found.map(({ group }) => [group, group]));
function rootOf(group: string): string {
  const parent = parents.get(group) as string;
  return parent === group ? group : rootOf(parent);
}
const kept: Emoji[] = [];
for (const one of found) {
  const apart = kept.map((other) => difference(one.planes, other.planes));
  if (apart.some((value) => value < equal)) continue;
  apart.forEach((value, i) => {
    if (value < near) parents.set(rootOf(one.group), rootOf((kept[i] as Emoji).group));
  });
  kept.push(one);
}

// The same part of each class is held out, whole groups in the order of their hashes.
const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const held = new Set<string>();
for (const kind of classes) {
  const own = kept.filter((one) => one.kind === kind).map((one) => rootOf(one.group));
  const groups = [...new Set(own)].sort((a, b) => (hash(a) < hash(b) ? -1 : 1));
  let left = Math.round(heldOut * own.length);
  for (const group of groups) {
    const size = own.filter((other) => other === group).length;
    if (size > left) continue;
    held.add(group);
    left -= size;
  }
}

mkdirSync(target, { recursive: true });
const names: Record<string, string[]> = {};
for (const split of ['train', 'test']) {
  const own = kept.filter((one) => held.has(rootOf(one.group)) === (split === 'test'));
  names[split] = own.map(({ name }) => name);
  const records = own.flatMap(({ kind, planes }) => [Buffer.of(classes.indexOf(kind)), planes]);
  const packed = gzipSync(Buffer.concat(records), { level: 9 });
  packed[9] = 255; // "unknown" system, so that the file is the same wherever it is made
  writeFileSync(path.join(target, `${split}.bin.gz`), packed);
  const counts = classes.map((kind) => `${kind} ${own.filter((one) => one.kind === kind).length}`);
  console.log(`${split}: ${own.length} pictures, ${packed.length} bytes; ${counts.join(', ')}`);
}
writeFileSync(path.join(target, 'names.json'), `${JSON.stringify({ classes, ...names })}\n`);
console.log(`${found.length - kept.length} were left out as equal to others`);
