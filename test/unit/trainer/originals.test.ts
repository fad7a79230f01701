import { describe, expect, it } from 'vitest';
import type { OpenData, SampleTypes, Vocabulary } from '../../../src/experiment/contracts.js';
import type { ImagesBlock, TextBlock } from '../../../src/protocol/figure.js';
import { originalBlocks } from '../../../src/trainer/originals.js';
import { memoryData } from '../../support/method.js';

const array = (shape: number[], value = 0) => ({
  data: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(value),
  shape,
});
/** Data with one sample, given by its arrays. */
const dataOf = (kind: keyof SampleTypes, sample: unknown, vocabulary?: Vocabulary) =>
  memoryData(kind, [sample as never], [2, 2, 1], { vocabulary }) as OpenData<unknown>;

describe('a sample as it is in the data', () => {
  const captions = (blocks: ReturnType<typeof originalBlocks>) =>
    (blocks as ImagesBlock[]).map(({ title, tiles }) => [title, ...tiles.map(({ caption }) => caption)]);

  it('is its picture', () => {
    const data = dataOf('image', array([2, 2, 1], 1));
    const [block] = originalBlocks(data, 0) as ImagesBlock[];
    expect(block?.tiles).toHaveLength(1);
    expect(block?.tiles[0]).toMatchObject({ role: 'original', caption: data.train.name(0), image: { width: 2 } });
  });

  it('is a strip of the frames of a film, first and last among them', () => {
    const data = dataOf('frames', array([11, 2, 2, 1]));
    const frames = ['frame 0', 'frame 2', 'frame 4', 'frame 6', 'frame 8', 'frame 10'];
    expect(captions(originalBlocks(data, 0))).toEqual([[data.train.name(0), ...frames]]);
  });

  it('is a strip for each camera', () => {
    const data = dataOf('views', array([2, 3, 2, 2, 1]));
    const name = data.train.name(0);
    expect(captions(originalBlocks(data, 0)).map(([title, ...frames]) => [title, frames.length])).toEqual([
      [`${name}, camera 1`, 3],
      [`${name}, camera 2`, 3],
    ]);
  });

  it('is the picture of either eye', () => {
    const data = dataOf('stereo', { left: array([2, 3, 1]), right: array([2, 3, 1]) });
    expect(captions(originalBlocks(data, 0))).toEqual([[data.train.name(0), 'left', 'right']]);
  });

  it('is the words of a text', () => {
    const passage = { sentences: [Int32Array.from([0, 1]), Int32Array.from([1])] };
    const data = dataOf('text', passage, { tokens: ['so', 'it'] } as unknown as Vocabulary);
    const [block] = originalBlocks(data, 0) as TextBlock[];
    expect(block?.text).toBe(`${data.train.name(0)}: so it | it`);
  });
});
