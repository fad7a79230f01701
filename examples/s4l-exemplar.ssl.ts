import {
  adamW,
  colorJitter,
  convnet,
  emoji,
  experiment,
  fewLabels,
  horizontalFlip,
  pretext,
  randomResizedCrop,
  s4lExemplar,
} from 'autodidact';

// Learns 12 kinds of emoji from 20 labelled pictures of each, and from all 3,700 what remains in a crop of other colors.
export default experiment({
  data: fewLabels(emoji(), { perClass: 20 }),
  encoder: convnet({ widths: [32, 64, 128] }),
  method: s4lExemplar({
    // How much the copies count beside the classes.
    weight: 3,
    copies: 4,
    width: 64,
    // Many emoji look alike: copies and others are drawn by how hard they are, not always the hardest.
    mining: 'sampled',
    views: [
      randomResizedCrop({ scale: [0.3, 1] }),
      horizontalFlip(),
      colorJitter({ brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1 }),
    ],
  }),
  optimizer: adamW({ learningRate: 4e-3, weightDecay: 0.05 }),
  epochs: 20,
  // Every picture is joined by a labelled one, and both are there four times: 256 pictures.
  batchSize: 32,
  seed: 0,
  // Accuracy on pictures it has not seen. The same with supervised() instead of s4lExemplar(…) is the baseline.
  evaluate: [pretext()],
});
