import { adam, convnet, experiment, knn, linearProbe, movingSprites, pretext, shuffleAndLearn } from 'autodidact';

// Learns from films of moving things whether three frames are in the order of time, in about a minute.
export default experiment({
  // Generated: a piece of clothing crosses a textured background, rests for a moment, and never comes back.
  data: movingSprites({ clips: 2000, frames: 16 }),
  // The last feature map keeps places (8 x 8), because order is seen in where things are.
  encoder: convnet({ widths: [16, 32, 64], strides: [2, 2, 1] }),
  method: shuffleAndLearn({
    // The five neighboring frames that a tuple comes from are at most so far from each other.
    longest: 8,
    apart: 2,
    // Three of four tuples are shuffled: always saying so is right 75 % of the time, so look at the balanced accuracy.
    shuffled: 0.75,
    frameWidth: 128,
  }),
  optimizer: adam({ learningRate: 1e-3 }),
  epochs: 10,
  batchSize: 64,
  seed: 0,
  evaluate: [pretext(), knn({ k: 20, when: 'end' }), linearProbe()],
});
