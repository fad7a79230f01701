import { adam, convnet, emoji, experiment, horizontalFlip, jigsaw, knn, linearProbe, pretext } from 'autodidact';

// Learns which parts emoji have, and where, by putting four shuffled tiles back together.
export default experiment({
  data: emoji(),
  // Tiles are small, so the first layer keeps their size.
  encoder: convnet({ widths: [32, 64, 128, 128], strides: [1, 2] }),
  method: jigsaw({
    grid: 2,
    // Cells have 16 pixels: what is left is a gap of random width, so that edges do not give the answer away.
    tile: 13,
    // All orders of four tiles.
    permutations: 24,
    // Always in color, which the classes of emoji depend on.
    views: [horizontalFlip()],
  }),
  optimizer: adam({ learningRate: 2e-3 }),
  epochs: 12,
  batchSize: 64,
  seed: 0,
  evaluate: [pretext(), knn({ k: 20, when: 'end' }), linearProbe()],
});
