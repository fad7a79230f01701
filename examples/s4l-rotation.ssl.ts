import {
  adamW,
  convnet,
  emoji,
  experiment,
  fewLabels,
  horizontalFlip,
  pretext,
  randomResizedCrop,
  s4lRotation,
} from 'autodidact';

// Learns 12 kinds of emoji from 20 labelled pictures of each, and what is upright from all 3,700.
export default experiment({
  data: fewLabels(emoji(), { perClass: 20 }),
  encoder: convnet({ widths: [32, 64, 128] }),
  method: s4lRotation({
    // How much the angles count beside the classes.
    weight: 1,
    // The classes are learned upright. Published for larger networks: 'turned', all four copies.
    classify: 'upright',
    views: [randomResizedCrop({ scale: [0.3, 1] }), horizontalFlip()],
  }),
  optimizer: adamW({ learningRate: 4e-3, weightDecay: 0.05 }),
  epochs: 20,
  // Every picture is joined by a labelled one, and both are there four times: 256 pictures.
  batchSize: 32,
  seed: 0,
  // Accuracy on pictures it has not seen. The same with supervised() instead of s4lRotation(…) is the baseline.
  evaluate: [pretext()],
});
