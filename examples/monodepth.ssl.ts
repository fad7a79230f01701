import { adam, convnet, experiment, layeredStereo, monodepth, pretext } from 'autodidact';

// Learns depth from single pictures. All it is told is what a second camera, a little to the right, saw.
export default experiment({
  // Generated scenes, so that the true disparity is known; only the evaluation looks at it.
  data: layeredStereo({ train: 500, test: 100 }),
  encoder: convnet({ widths: [32, 64, 128] }),
  method: monodepth({
    scales: 3,
    width: 16,
    // No thing in these scenes is nearer.
    maxDisparity: 0.2,
  }),
  optimizer: adam({ learningRate: 1e-3 }),
  epochs: 20,
  batchSize: 16,
  seed: 0,
  // Error in pixels, beside that of the best constant.
  evaluate: [pretext({ when: 'epoch' })],
});
