import { adam, colorization, convnet, emoji, experiment, horizontalFlip, knn, linearProbe, pretext } from 'autodidact';

// Learns what emoji look like by coloring them: the network sees their lightness alone.
export default experiment({
  data: emoji(),
  encoder: convnet({ widths: [32, 64, 128] }),
  method: colorization({
    // Bins of 20 x 20 in the ab plane, for those colors that the pictures have.
    grid: 20,
    // Rare colors count more; without this the white around every emoji would be all that matters.
    rebalance: 0.5,
    // One predicted color for 2 x 2 pixels.
    stride: 2,
    width: 64,
    views: [horizontalFlip()],
  }),
  optimizer: adam({ learningRate: 2e-3 }),
  epochs: 6,
  batchSize: 64,
  seed: 0,
  // The encoder is measured as it learned: on lightness alone.
  evaluate: [pretext(), knn(), linearProbe()],
});
