import {
  adam,
  colorJitter,
  convnet,
  experiment,
  fashionMnist,
  horizontalFlip,
  knn,
  linearProbe,
  localAggregation,
  pretext,
  randomResizedCrop,
} from 'autodidact';

// A view is drawn to the pictures of its own clusters, away from the other pictures that are near it.
export default experiment({
  data: fashionMnist(),
  encoder: convnet({ widths: [32, 64, 128] }),
  method: localAggregation({
    temperature: 0.1,
    dimension: 64,
    // Among the 128 nearest pictures, those that share a cluster in one of three clusterings are close.
    background: 128,
    clusterings: 3,
    clusters: 250,
    iterations: 10,
    // Clusters of an untrained network mean nothing: these epochs tell single pictures apart.
    warmStart: 3,
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
  // On pictures that have no row: do two views find each other, and are the classes laid out well?
  evaluate: [pretext(), knn({ k: 20 }), linearProbe()],
});
