import {
  adam,
  colorJitter,
  convnet,
  emoji,
  experiment,
  horizontalFlip,
  knn,
  linearProbe,
  movingSprites,
  pretext,
  siameseTriplet,
} from 'autodidact';

// Learns from films what stays the same about a thing while it moves, grows and turns, in about a minute.
export default experiment({
  // Generated: an emoji crosses a textured background. Where it is in each frame is known; in films without tracks, what
  // moves is followed by template matching.
  data: movingSprites({ pictures: emoji(), clips: 2000, size: 48, frames: 12, rest: 0.2 }),
  // Looks at patches of 24 x 24 pixels around the thing.
  encoder: convnet({ widths: [32, 64, 128] }),
  method: siameseTriplet({
    frames: 10,
    patch: 24,
    margin: 0.5,
    // Hard negatives only once the network tells anything apart.
    negatives: 4,
    hardRatio: 0.5,
    hardFrom: 0.3,
    embedding: [64],
    // What must not give a track away: its colors and its side.
    views: [horizontalFlip(), colorJitter({ brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1, p: 0.8 })],
  }),
  optimizer: adam({ learningRate: 1e-3 }),
  epochs: 8,
  batchSize: 100,
  seed: 0,
  evaluate: [pretext(), knn({ k: 20, when: 'end' }), linearProbe()],
});
