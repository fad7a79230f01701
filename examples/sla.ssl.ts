import {
  adamW,
  convnet,
  emoji,
  experiment,
  fewLabels,
  horizontalFlip,
  pretext,
  randomResizedCrop,
  sla,
} from 'autodidact';

// Learns 12 kinds of emoji from 20 pictures of each, by telling kind and order of colors together.
export default experiment({
  data: fewLabels(emoji(), { perClass: 20 }),
  encoder: convnet({ widths: [32, 64, 128] }),
  // With self-distillation: a second classifier learns what all copies say together.
  method: sla({
    // Red, green and blue in three orders. Others: 'rotation', 'colors', or both; published for CIFAR: 'rotation'.
    transformations: 'cyclicColors',
    distill: true,
    views: [randomResizedCrop({ scale: [0.3, 1] }), horizontalFlip()],
  }),
  optimizer: adamW({ learningRate: 4e-3, weightDecay: 0.05 }),
  epochs: 24,
  // Every picture is there three times, once for each order.
  batchSize: 64,
  seed: 0,
  // Accuracy on pictures it has not seen. The same with supervised() instead of sla(…) is the baseline.
  evaluate: [pretext()],
});
