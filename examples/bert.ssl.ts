import { adamW, austen, bert, experiment, knn, linearProbe, pretext, transformer } from 'autodidact';

// Learns from six novels which words are missing, and which sentences belong together, in about a minute.
export default experiment({
  // 500 subwords are learned from the text itself. The novel a passage is from is its label, for evaluation only.
  data: austen({ length: 32, vocabulary: 500 }),
  encoder: transformer({
    layers: 2,
    width: 64,
    heads: 4,
    // Neighbors are found within few steps: BERT itself has only a table of positions, and needs many more.
    distances: true,
    // In so few epochs nothing can be learned by heart.
    dropout: 0,
  }),
  method: bert({
    // 15 % of the tokens are to be predicted: 80 % of them become [MASK], 10 % a random token, 10 % stay.
    fraction: 0.15,
  }),
  optimizer: adamW({ learningRate: 3e-3, beta2: 0.98, schedule: 'linear', warmupEpochs: 0.2 }),
  clipNorm: 1,
  epochs: 8,
  batchSize: 64,
  seed: 0,
  evaluate: [pretext(), knn({ k: 20, when: 'end' }), linearProbe()],
});
