import { adam, convnet, emoji, experiment, horizontalFlip, inpainting, knn, linearProbe, pretext } from 'autodidact';

// Learns what emoji look like by filling in their middle, which has been cut out.
export default experiment({
  data: emoji(),
  encoder: convnet({ widths: [32, 64, 128] }),
  method: inpainting({
    hole: 'center',
    // Seen and predicted, so that what is filled in continues its surroundings.
    band: 2,
    bottleneck: 256,
    // Nearly all of the loss is squared error; the rest asks a discriminator whether it looks real.
    reconstruction: 0.999,
    views: [horizontalFlip()],
  }),
  // Published for adversarial training: a short memory of past gradients.
  optimizer: adam({ learningRate: 1e-3, beta1: 0.5 }),
  epochs: 8,
  batchSize: 64,
  seed: 0,
  // PSNR of the filled hole beside that of the mean color; then what the encoder has learned of the classes.
  evaluate: [pretext(), knn(), linearProbe()],
});
