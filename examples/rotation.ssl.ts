import { adam, convnet, emoji, experiment, knn, linearProbe, pretext, rotation } from 'autodidact';

// Learns what emoji look like upright, by telling by how much they were turned.
export default experiment({
  data: emoji(),
  encoder: convnet({ widths: [32, 64, 128, 128] }),
  method: rotation(),
  optimizer: adam({ learningRate: 2e-3 }),
  epochs: 10,
  // Every picture is there four times, once for each angle.
  batchSize: 64,
  seed: 0,
  // How well it tells the angle of pictures it has not seen; and what its features are worth for the classes.
  evaluate: [pretext(), knn({ k: 20, when: 'end' }), linearProbe()],
});
