import { adam, convnet, cpcV2, experiment, fashionMnist, knn, linearProbe, pretext } from 'autodidact';

// A picture is cut into a grid of patches. The rows seen so far have to find the patches of further rows.
export default experiment({
  data: fashionMnist({ train: 2000 }),
  // Encodes one patch of 8 x 8 pixels. Layer norm: batch norm would tell each patch of all others.
  encoder: convnet({ widths: [32, 64, 128], strides: [2, 1, 2], norm: 'layer' }),
  method: cpcV2({
    // 28 pixels make a grid of 6 x 6. Neighboring rows share pixels, so predictions start two rows ahead.
    patch: 8,
    stride: 4,
    steps: 3,
    directions: ['down', 'up'],
    blocks: 2,
  }),
  optimizer: adam({ learningRate: 1e-3 }),
  epochs: 4,
  batchSize: 32,
  seed: 0,
  // Labels are used here only, on the frozen encoder: the mean over all patches.
  evaluate: [pretext(), knn({ k: 20 }), linearProbe()],
});
