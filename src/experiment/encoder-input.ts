/** What an encoder takes of a whole sample: what evaluations measure, and what the shape of its input is. */
import type {
  Clip,
  Image,
  MultiView,
  NdArray,
  OpenData,
  Passage,
  SampleKind,
  StereoPair,
  Vocabulary,
} from './contracts.js';

type Facts = Pick<OpenData<unknown>, 'kind' | 'shape' | 'vocabulary'>;

/** Shape of one input: of a film one frame, of a stereo pair the left picture, else the sample as it is. */
export function encoderInputShape({ kind, shape }: Pick<Facts, 'kind' | 'shape'>): readonly number[] {
  const framing: Partial<Record<SampleKind, number>> = { frames: 1, views: 2 };
  return shape.slice(framing[kind] ?? 0);
}

/** The input for one sample: of a film the middle frame (of the first camera), of a text its first tokens. */
export function encoderInput(sample: unknown, { kind, shape, vocabulary }: Facts): NdArray {
  switch (kind) {
    case 'image':
    case 'sequence':
      return sample as NdArray;
    case 'frames':
      return frame(sample as Clip, Math.floor((sample as Clip).shape[0] / 2));
    case 'views': {
      const film = camera(sample as MultiView, 0);
      return frame(film, Math.floor(film.shape[0] / 2));
    }
    case 'stereo':
      return (sample as StereoPair).left;
    case 'text':
      return textInput([(sample as Passage).sentences], shape[0] as number, vocabulary as Vocabulary);
  }
}

/** One frame of a film, without copying. */
export function frame({ data, shape: [, ...shape] }: Clip, index: number): Image {
  const size = shape[0] * shape[1] * shape[2];
  return { data: data.subarray(index * size, (index + 1) * size), shape };
}

/** Pictures of one shape, copied into a film. */
export function filmOf(pictures: readonly Image[]): Clip {
  const [first] = pictures;
  if (first === undefined) throw new Error('a film has at least one frame');
  const data = new Float32Array(pictures.length * first.data.length);
  pictures.forEach((picture, i) => {
    data.set(picture.data, i * first.data.length);
  });
  return { data, shape: [pictures.length, ...first.shape] };
}

/** The film of one camera, without copying. */
export function camera({ data, shape: [, ...shape] }: MultiView, index: number): Clip {
  const size = shape[0] * shape[1] * shape[2] * shape[3];
  return { data: data.subarray(index * size, (index + 1) * size), shape };
}

/**
 * `[CLS] A [SEP] B [SEP]`, padded or cut at the end to `length` tokens: int32 `[length, 2]`, ids and segments (0 up to
 * and with the first [SEP], then 1). Devlin et al. 2019, arXiv:1810.04805.
 */
export function textInput(
  segments: readonly (readonly Int32Array[])[],
  length: number,
  { cls, sep }: Pick<Vocabulary, 'cls' | 'sep'>,
): NdArray & { readonly data: Int32Array } {
  const data = new Int32Array(2 * length);
  let at = 0;
  const put = (id: number, segment: number) => {
    if (at >= length) return;
    data[2 * at] = id;
    data[2 * at + 1] = segment;
    at++;
  };
  put(cls, 0);
  segments.forEach((sentences, segment) => {
    // The separator that ends the last segment always fits.
    const room = length - at - (segment === segments.length - 1 ? 1 : 2);
    for (const id of sentences.flatMap((sentence) => [...sentence]).slice(0, Math.max(0, room))) put(id, segment);
    put(sep, segment);
  });
  return { data, shape: [length, 2] };
}
