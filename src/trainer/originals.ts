/** Samples as they are in the data, for people. */
import type { Clip, MultiView, NdArray, OpenData, Passage, StereoPair } from '../experiment/contracts.js';
import { camera, encoderInput, frame } from '../experiment/encoder-input.js';
import { toPixels } from '../methods/figures/pixels.js';
import type { Block, Tile } from '../protocol/figure.js';

/** Frames of a film that are shown. */
const shownFrames = 6;

/** A training sample as a picture: of films and pairs the one that an encoder would be given; undefined for others. */
export function sampleTile(data: OpenData<unknown>, index: number): Tile | undefined {
  if (data.kind === 'text') return undefined;
  const image = toPixels(encoderInput(data.train.get(index), data));
  return image && { image, caption: data.train.name(index), label: labelOf(data, index), role: 'original' };
}

/** A training sample with all there is to see of it. */
export function originalBlocks(data: OpenData<unknown>, index: number): Block[] {
  const { kind, train, vocabulary } = data;
  const sample = train.get(index);
  const name = train.name(index);
  const label = labelOf(data, index);
  const titled = label === undefined ? name : `${name} (${label})`;
  const pictures = (title: string, arrays: readonly (readonly [caption: string, array: NdArray])[]): Block[] => [
    {
      kind: 'images',
      title,
      tiles: arrays.flatMap(([caption, array]): Tile[] => {
        const image = toPixels(array);
        return image ? [{ image, caption, role: 'original' }] : [];
      }),
    },
  ];
  switch (kind) {
    case 'image': {
      const tile = sampleTile(data, index);
      return tile ? [{ kind: 'images', tiles: [tile] }] : [];
    }
    case 'frames':
      return pictures(titled, frames(sample as Clip));
    case 'views': {
      const films = sample as MultiView;
      const cameras = Array.from({ length: films.shape[0] }, (_, i) => camera(films, i));
      return cameras.flatMap((film, i) => pictures(`${titled}, camera ${i + 1}`, frames(film)));
    }
    case 'stereo': {
      const { left, right } = sample as StereoPair;
      return pictures(titled, [
        ['left', left],
        ['right', right],
      ]);
    }
    case 'text': {
      const lines = (sample as Passage).sentences.map((sentence) =>
        [...sentence].map((id) => vocabulary?.tokens[id] ?? String(id)).join(' '),
      );
      return [{ kind: 'text', text: `${titled}: ${lines.join(' | ')}` }];
    }
    case 'sequence':
      return [{ kind: 'text', text: titled }];
  }
}

function frames(film: Clip) {
  const [length] = film.shape;
  const count = Math.min(length, shownFrames);
  return Array.from({ length: count }, (_, i) => {
    const index = count === 1 ? 0 : Math.round((i * (length - 1)) / (count - 1));
    return [`frame ${index}`, frame(film, index)] as const;
  });
}

const labelOf = ({ train, classes }: OpenData<unknown>, index: number) => classes[train.label(index)];
