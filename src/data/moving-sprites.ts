/** Generated films: things that move over textured backgrounds. */
import { z } from 'zod';
import type { Clip, DataEnvironment, Dataset, OpenData } from '../experiment/contracts.js';
import { definePart } from '../experiment/part.js';
import { sceneOptions, spriteFilms } from './sprite-films.js';
import { film, makeCamera } from './sprite-scene.js';

export const movingSprites = definePart({
  kind: 'dataset',
  use: 'movingSprites',
  doc: 'Generated color films: things cut out of pictures cross a textured background, growing, shrinking and turning on the way, and never come back.\nWhere the (first) thing is in each frame is known exactly (its track), and so is its class. The same seed gives the same films; training and test films show different pictures.',
  options: z.object({
    ...sceneOptions,
    frames: sceneOptions.frames.default(16).describe('Frames of a film, 4 to 240. Default 16.'),
    rest: sceneOptions.rest
      .default(0.3)
      .describe(
        'Part of the time in which a thing stands still, 0 to 0.9: films have moments without motion. Default 0.3.',
      ),
    clips: z.number().int().min(2).max(1_000_000).default(2000).describe('Training films, 2 or more. Default 2000.'),
    test: z.number().int().min(1).max(1_000_000).default(400).describe('Test films, 1 or more. Default 400.'),
  }),
  create: (options): Pick<Dataset<Clip>, 'open'> => ({
    async open(environment: DataEnvironment): Promise<OpenData<Clip>> {
      const { size, frames, contrast } = options;
      const shape: Clip['shape'] = [frames, size, size, 3];
      const { source, ...splits } = await spriteFilms<Clip>(
        'movingSprites',
        options,
        {
          lengths: { train: options.clips, test: options.test },
          film: (scene, random) => ({
            ...film(scene, makeCamera(random, size, { contrast, variation: 0 }), size),
            shape,
          }),
        },
        environment,
      );
      return { kind: 'frames', title: `Moving sprites (${source})`, shape, ...splits };
    },
  }),
});
