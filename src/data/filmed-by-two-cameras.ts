/** Generated films of two cameras that look at the same scene. */
import { z } from 'zod';
import type { DataEnvironment, Dataset, MultiView, OpenData } from '../experiment/contracts.js';
import { definePart } from '../experiment/part.js';
import { sceneOptions, spriteFilms } from './sprite-films.js';
import { film, makeCamera } from './sprite-scene.js';

/** How the second camera looks at the scene: from farther away, and tilted. */
const second = { scale: 0.8, angle: 0.5 };

export const filmedByTwoCameras = definePart({
  kind: 'dataset',
  use: 'filmedByTwoCameras',
  doc: 'Generated color films of two cameras: both see the same thing cross the scene at the same moments, but each with its own background, colors, distance and tilt.\nFrame t of one camera shows what frame t of the other shows. The same seed gives the same recordings; training and test recordings show different pictures.',
  options: z.object({
    ...sceneOptions,
    frames: sceneOptions.frames.default(32).describe('Frames of a recording, 4 to 240. Default 32.'),
    rest: sceneOptions.rest
      .default(0)
      .describe('Part of the time in which a thing stands still, 0 to 0.9: such moments look alike. Default 0.'),
    variation: z
      .number()
      .min(0)
      .max(1)
      .default(0.5)
      .describe('How much place and colors of the cameras differ from recording to recording, 0 to 1. Default 0.5.'),
    recordings: z
      .number()
      .int()
      .min(2)
      .max(1_000_000)
      .default(400)
      .describe('Training recordings, 2 or more. Default 400.'),
    test: z.number().int().min(1).max(1_000_000).default(40).describe('Test recordings, 1 or more. Default 40.'),
  }),
  create: (options): Pick<Dataset<MultiView>, 'open'> => ({
    async open(environment: DataEnvironment): Promise<OpenData<MultiView>> {
      const { size, frames, contrast, variation } = options;
      const shape: MultiView['shape'] = [2, frames, size, size, 3];
      const look = { contrast, variation };
      const { source, ...splits } = await spriteFilms<MultiView>(
        'filmedByTwoCameras',
        options,
        {
          lengths: { train: options.recordings, test: options.test },
          film(scene, random) {
            const cameras = [
              makeCamera(random.at(0), size, look),
              makeCamera(random.at(1), size, { ...look, ...second }),
            ];
            const data = new Float32Array(2 * frames * size * size * 3);
            cameras.forEach((camera, i) => {
              data.set(film(scene, camera, size).data, (i * data.length) / 2);
            });
            return { data, shape };
          },
        },
        environment,
      );
      return { kind: 'views', title: `Two cameras (${source})`, shape, ...splits };
    },
  }),
});
