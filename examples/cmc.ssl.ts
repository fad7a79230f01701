import {
  adam,
  cmc,
  convnet,
  emoji,
  experiment,
  horizontalFlip,
  knn,
  linearProbe,
  pretext,
  randomResizedCrop,
} from 'autodidact';

// The lightness of an emoji has to find its colors among those of all emoji, and the colors its lightness.
export default experiment({
  data: emoji(),
  // Built twice, for lightness and for color: the features of both together are 128 wide.
  encoder: convnet({ widths: [16, 32, 64] }),
  method: cmc({
    temperature: 0.1,
    dimension: 64,
    // Both see the same pixels, so what they can agree on is what a picture shows.
    views: [randomResizedCrop({ scale: [0.5, 1] }), horizontalFlip()],
  }),
  optimizer: adam({ learningRate: 3e-3 }),
  epochs: 20,
  batchSize: 128,
  seed: 0,
  // Do lightness and color of pictures that were not trained on find each other, and are the kinds laid out well?
  evaluate: [pretext(), knn({ k: 20 }), linearProbe()],
});
