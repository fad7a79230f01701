import { adam, convnet, deepInfomax, experiment, fashionMnist, knn, linearProbe, pretext } from 'autodidact';

// One vector says what the whole picture is. It is good if it fits all places of its own picture, and no other's.
export default experiment({
  data: fashionMnist({ train: 3000 }),
  // 28 x 28 pixels become maps of 14 x 14, 7 x 7 and 4 x 4; the features are the mean of the last.
  encoder: convnet({ widths: [32, 64, 128] }),
  method: deepInfomax({
    // Jensen-Shannon: the scores of own places above 0, those of foreign places below.
    estimator: 'jsd',
    // The places: the map of 7 x 7, counted from 0.
    map: 1,
    local: 1,
    // An adversary spreads the vectors evenly over the unit cube.
    prior: 0.1,
  }),
  optimizer: adam({ learningRate: 5e-4 }),
  epochs: 6,
  batchSize: 64,
  seed: 0,
  // Labels are used here only, on the frozen encoder.
  evaluate: [pretext(), knn({ k: 20 }), linearProbe()],
});
