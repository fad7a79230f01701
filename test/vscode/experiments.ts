/** Experiment texts that the tests in VS Code type, small enough to train in seconds. */

export interface Sizes {
  readonly train?: number;
  readonly epochs?: number;
  readonly batchSize?: number;
  readonly minScale?: number;
}

/** SimCLR on a few Fashion-MNIST pictures. */
export function smallSimclr({ train = 512, epochs = 4, batchSize = 64, minScale = 0.3 }: Sizes = {}): string {
  return `import { adam, colorJitter, convnet, experiment, fashionMnist, horizontalFlip, knn, randomResizedCrop, simclr } from 'autodidact';

export default experiment({
  data: fashionMnist({ train: ${train}, test: 256 }),
  encoder: convnet({ widths: [16, 32] }),
  method: simclr({
    temperature: 0.5,
    projector: [64, 32],
    views: [randomResizedCrop({ scale: [${minScale}, 1] }), horizontalFlip(), colorJitter({ brightness: 0.4, p: 0.8 })],
  }),
  optimizer: adam({ learningRate: 1e-3 }),
  epochs: ${epochs},
  batchSize: ${batchSize},
  evaluate: [knn({ k: 20 })],
});
`;
}

/** The practitioner's experiment: a folder of pictures. */
export const photographs = `import { adam, colorJitter, convnet, experiment, horizontalFlip, imageFolder, knn, randomResizedCrop, simclr } from 'autodidact';

export default experiment({
  data: imageFolder('my photos', { size: 32 }),
  encoder: convnet({ widths: [16, 32] }),
  method: simclr({ views: [randomResizedCrop({ scale: [0.3, 1] }), horizontalFlip(), colorJitter({ brightness: 0.4, p: 0.8 })] }),
  optimizer: adam({ learningRate: 1e-3 }),
  epochs: 2,
  batchSize: 32,
  evaluate: [knn({ k: 5 })],
});
`;
