/** What the generators of films have in common. */
import { z } from 'zod';
import {
  type Clip,
  type DataEnvironment,
  DataError,
  type Dataset,
  type MultiView,
  type OpenData,
  type Samples,
} from '../experiment/contracts.js';
import { partOf } from '../experiment/part.js';
import { Random } from '../experiment/random.js';
import { checkIndex } from './byte-samples.js';
import { fashionMnist } from './fashion-mnist.js';
import { makeScene, type Scene, sceneLabel } from './sprite-scene.js';

export const sceneOptions = {
  pictures: partOf<Dataset>('dataset')
    .default(() => fashionMnist())
    .describe(
      'Where the things come from: a data set of square pictures. Their plain background is cut away; gray ones are tinted. Default fashionMnist().',
    ),
  size: z.number().int().min(16).max(256).default(32).describe('Side of a frame in pixels, 16 to 256. Default 32.'),
  frames: z.number().int().min(4).max(240),
  sprites: z.number().int().min(1).max(8).default(1).describe('Things that move in a film, 1 to 8. Default 1.'),
  rest: z.number().min(0).max(0.9),
  contrast: z
    .number()
    .min(0)
    .max(1)
    .default(0.8)
    .describe('How strong the texture of the background is: 0 is one plain color. 0 to 1, default 0.8.'),
  seed: z.number().int().min(0).default(0).describe('Which films: the same number gives the same ones. Default 0.'),
};

interface Options {
  readonly pictures: Dataset;
  readonly sprites: number;
  readonly frames: number;
  readonly rest: number;
  readonly seed: number;
}

/** How many films there are of each split, and how a scene is filmed. */
interface Films<S> {
  readonly lengths: { readonly train: number; readonly test: number };
  film(scene: Scene, random: Random): S;
}

/** Training and test films, each a function of the seed and its number. */
export async function spriteFilms<S extends Clip | MultiView>(
  use: string,
  options: Options,
  { lengths, film }: Films<S>,
  environment: DataEnvironment,
): Promise<Pick<OpenData<S>, 'train' | 'test' | 'classes' | 'notes'> & { readonly source: string }> {
  const pictures = await options.pictures.open(environment);
  const [height, width] = pictures.shape;
  if (pictures.kind !== 'image' || height !== width || pictures.test.length === 0)
    throw new DataError(
      `${use} cuts its things out of square pictures of two splits, but ${pictures.title} has ${pictures.kind} samples of [${pictures.shape}] and ${pictures.test.length} test samples. Take fashionMnist() or an imageFolder.`,
    );
  const split = (name: 'train' | 'test', number: number): Samples<S> => {
    const length = lengths[name];
    const draws = (index: number) => {
      checkIndex(index, length);
      return Random.fromSeed(options.seed).at(number, index);
    };
    return {
      length,
      get: (index) => {
        const random = draws(index);
        return film(makeScene(random.at(0), { ...options, pictures: pictures[name] }), random.at(1));
      },
      label: (index) => sceneLabel(draws(index).at(0), pictures[name]),
      name: (index) => `${name} film ${index}`,
    };
  };
  const { classes, notes, title } = pictures;
  return { train: split('train', 0), test: split('test', 1), classes, notes, source: title };
}
