// Cuts the first pictures out of a full copy of Fashion-MNIST, in its own format.
// node scripts/fashion-mnist-subset.mjs FULL_COPY [OUT = examples/data/fashion-mnist]
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';

const [source, target = 'examples/data/fashion-mnist'] = process.argv.slice(2);
if (source === undefined) {
  console.error('usage: node scripts/fashion-mnist-subset.mjs FULL_COPY [OUT]');
  process.exit(2);
}

/** The first `count` items of an IDX file: a header of 4 + 4 * dimensions bytes, then the items. */
function firstItems(idx, count) {
  const dimensions = idx[3];
  const header = 4 + 4 * dimensions;
  const total = idx.readUInt32BE(4);
  if (total < count) throw new Error(`holds ${total} items, ${count} are wanted`);
  const item = (idx.length - header) / total;
  const cut = Buffer.from(idx.subarray(0, header + item * count));
  cut.writeUInt32BE(count, 4);
  return cut;
}

mkdirSync(target, { recursive: true });
for (const [split, count] of [
  ['train', 10_000],
  ['t10k', 2_000],
]) {
  for (const kind of ['images-idx3', 'labels-idx1']) {
    const name = `${split}-${kind}-ubyte.gz`;
    const packed = gzipSync(firstItems(gunzipSync(readFileSync(path.join(source, name))), count), { level: 9 });
    packed[9] = 255; // "unknown" system, so that the file is the same wherever it is made
    writeFileSync(path.join(target, name), packed);
  }
}
