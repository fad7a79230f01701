import { adam, cpc, experiment, knn, linearProbe, pretext, signalEncoder, signals } from 'autodidact';

// A network listens to a signal and has to pick what comes next among eleven short stretches, ten of them from elsewhere.
export default experiment({
  // Generated: 8 kinds of waves with random pitch, phase, loudness and noise. For your own recordings: sequence('folder', …).
  data: signals({ length: 512, train: 1600, test: 400 }),
  // 16 values make one latent, so a signal becomes 32 of them.
  encoder: signalEncoder({ widths: [64, 64, 64], strides: [4, 2, 2] }),
  method: cpc({
    // Up to 4 latents ahead: the farther, the harder.
    steps: 4,
    negatives: 10,
    // The memory of what came before: a GRU.
    context: 64,
  }),
  optimizer: adam({ learningRate: 2e-3 }),
  epochs: 6,
  batchSize: 16,
  seed: 0,
  // Labels are used here only, on the frozen encoder.
  evaluate: [pretext(), knn({ k: 20 }), linearProbe()],
});
