import { adam, alignmentError, colorJitter, convnet, experiment, filmedByTwoCameras, pretext, tcn } from 'autodidact';

// Learns from recordings of two cameras which moment a frame shows, whatever the camera, in about a minute.
export default experiment({
  // Generated: both cameras see the same thing cross the scene, each on another background, from another place.
  data: filmedByTwoCameras({ recordings: 400, test: 40, frames: 32 }),
  // The last feature map keeps places (8 x 8): the soft-arg-max reads where its channels are active.
  encoder: convnet({ widths: [16, 32, 64], strides: [2, 2, 1] }),
  method: tcn({
    cameras: 'multi',
    loss: 'triplet',
    // So many pairs of each recording; the other moments of the same recording are their negatives.
    moments: 12,
    margin: 0.2,
    embedding: 32,
    views: [colorJitter({ brightness: 0.3, contrast: 0.3, saturation: 0.3, hue: 0.1, p: 0.8 })],
  }),
  optimizer: adam({ learningRate: 2e-3 }),
  epochs: 8,
  batchSize: 10,
  seed: 0,
  // On held-out recordings: how far from the true moment is the nearest frame of the other camera?
  evaluate: [pretext(), alignmentError({ when: 'end' })],
});
