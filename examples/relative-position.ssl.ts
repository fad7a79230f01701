import { adam, convnet, emoji, experiment, knn, linearProbe, pretext, relativePosition } from 'autodidact';

// Learns how the parts of emoji lie to each other: on which of eight sides is the second patch of the first?
export default experiment({
  data: emoji(),
  // Patches are small, so the first layer keeps their size.
  encoder: convnet({ widths: [32, 64, 128, 128], strides: [1, 2] }),
  method: relativePosition({
    patch: 11,
    // With the shifts there are 3 to 7 pixels between two patches, so that edges do not give the answer away.
    gap: 5,
    jitter: 1,
    // No lens made these pictures, so colors do not tell places.
    colors: 'keep',
  }),
  optimizer: adam({ learningRate: 2e-3 }),
  epochs: 12,
  batchSize: 64,
  seed: 0,
  evaluate: [pretext(), knn({ k: 20, when: 'end' }), linearProbe()],
});
