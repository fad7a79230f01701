import { adam, convnet, experiment, layeredStereo, monodepth, pretext } from 'autodidact';

// Learns depth from single pictures. All it is told is what a second camera, a little to the right, saw.
export default experiment({
  // Generated scenes, so that the true disparity is known; only the evaluation looks at it.
  data: layeredStereo({ train: 500, test: 100 }),
  encoder: convnet({ widths: [16, 32, 64] }),
  method: monodepth({
    scales: 3,
    width: 8,
    // No thing in these scenes is nearer.
    maxDisparity: 0.2,
  }),
  optimizer: adam({ learningRate: 2e-3 }),
  epochs: 12,
  batchSize: 16,
  seed: 0,
  // Error in pixels, beside that of the best constant.
  evaluate: [pretext()],
});
