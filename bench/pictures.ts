/** Pictures to augment, the same for all systems: emoji, enlarged where they should be larger. */
import path from 'node:path';
import { crop } from '../src/augment/random-resized-crop.js';
import { emoji } from '../src/data/emoji.js';

/** 8-bit pixels of `count` emoji of all classes, `side` x `side` x 3. */
export async function emojiPictures(root: string, count: number, side: number): Promise<Uint8Array[]> {
  const { train } = await emoji().open({
    baseFolder: root,
    cacheFolder: root,
    sampleFolder: path.join(root, 'examples/data'),
  });
  return Array.from({ length: count }, (_, i) => {
    const picture = train.get(Math.floor((i * train.length) / count));
    const [height, width] = picture.shape;
    const { data } = crop(picture, { top: 0, left: 0, height, width }, side, side);
    return Uint8Array.from(data, (value) => Math.round(255 * value));
  });
}
