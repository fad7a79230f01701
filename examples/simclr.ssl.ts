import {
  adam,
  colorJitter,
  convnet,
  experiment,
  fashionMnist,
  horizontalFlip,
  knn,
  linearProbe,
  pretext,
  randomResizedCrop,
  simclr,
} from 'autodidact';

// Learns from 10,000 pictures of clothes without looking at their labels, in a few minutes.
export default experiment({
  data: fashionMnist(),
  encoder: convnet({ widths: [32, 64, 128] }),
  method: simclr({
    temperature: 0.2,
    projector: [128, 64],
    // What may change between two views of the same thing: place, side, light.
    views: [
      randomResizedCrop({ scale: [0.3, 1] }),
      horizontalFlip(),
      colorJitter({ brightness: 0.4, contrast: 0.4, p: 0.8 }),
    ],
  }),
  optimizer: adam({ learningRate: 3e-3 }),
  epochs: 10,
  batchSize: 256,
  seed: 0,
  // Labels are used here only, on the frozen encoder.
  evaluate: [pretext(), knn({ k: 20 }), linearProbe()],
});
