import {
  adam,
  colorJitter,
  convnet,
  experiment,
  fashionMnist,
  horizontalFlip,
  knn,
  linearProbe,
  mocoV2,
  pretext,
  randomResizedCrop,
} from 'autodidact';

// As MoCo v1, with an MLP head and a higher temperature: a view has to find the other view of its picture in a queue.
export default experiment({
  data: fashionMnist(),
  encoder: convnet({ widths: [32, 64, 128] }),
  method: mocoV2({
    temperature: 0.2,
    dimension: 64,
    // Keys of the last 16 steps. They were made by slightly different encoders, so the key encoder moves slowly.
    queue: 2048,
    momentum: 0.99,
    // Statistics of batch norm over parts of the batch, keys shuffled: else they give away what belongs together.
    normSplits: 4,
    views: [
      randomResizedCrop({ scale: [0.3, 1] }),
      horizontalFlip(),
      colorJitter({ brightness: 0.4, contrast: 0.4, p: 0.8 }),
    ],
  }),
  optimizer: adam({ learningRate: 3e-3 }),
  epochs: 8,
  batchSize: 128,
  seed: 0,
  // On pictures that were not trained on: do two views find each other, and are the classes laid out well?
  evaluate: [pretext(), knn({ k: 20 }), linearProbe()],
});
