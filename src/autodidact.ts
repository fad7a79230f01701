/** What experiment files import as `autodidact`: the public names of the floors below, and nothing of its own. */
// Lets tensors be written as `x.add(y)`.
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js';

export * as tf from '@tensorflow/tfjs-core';
export { colorJitter } from './augment/color-jitter.js';
export { cutout } from './augment/cutout.js';
export { gaussianBlur } from './augment/gaussian-blur.js';
export { grayscale } from './augment/grayscale.js';
export { horizontalFlip } from './augment/horizontal-flip.js';
export { hsvNoise } from './augment/hsv-noise.js';
export { colorOfLab, imageOfLab, labOf, labOfColor } from './augment/lab.js';
export { photometric } from './augment/photometric.js';
export {
  byolViews,
  cropAndFlip,
  dinoViews,
  instDiscViews,
  mocoV2Views,
  mocoViews,
  simclrViews,
  swavViews,
} from './augment/presets.js';
export { randomCrop } from './augment/random-crop.js';
export { randomResizedCrop } from './augment/random-resized-crop.js';
export { solarize } from './augment/solarize.js';
export { austen } from './data/austen.js';
export { cifar10, cifar100 } from './data/cifar.js';
export { emoji } from './data/emoji.js';
export { fashionMnist } from './data/fashion-mnist.js';
export { fewLabels } from './data/few-labels.js';
export { filmedByTwoCameras } from './data/filmed-by-two-cameras.js';
export { frames } from './data/frames.js';
export { idx } from './data/idx-dataset.js';
export { imageFolder } from './data/image-folder.js';
export { layeredStereo } from './data/layered-stereo.js';
export { movingSprites } from './data/moving-sprites.js';
export { sequence } from './data/sequence.js';
export { signals } from './data/signals.js';
export { stereo } from './data/stereo.js';
export { stl10 } from './data/stl10.js';
export { text } from './data/text.js';
export { views } from './data/views.js';
export { alignmentError } from './evaluate/alignment-error.js';
export { alignmentUniformity } from './evaluate/alignment-uniformity.js';
export { effectiveRank } from './evaluate/effective-rank.js';
export { embeddingStd } from './evaluate/embedding-std.js';
export { fineTune } from './evaluate/fine-tune.js';
export { knn } from './evaluate/knn.js';
export { linearProbe } from './evaluate/linear-probe.js';
export { pretext } from './evaluate/pretext.js';
export * from './experiment/contracts.js';
export { augmentation, dataset, encoder, evaluation, method, optimizer } from './experiment/custom.js';
export { type Experiment, type ExperimentOptions, experiment } from './experiment/experiment.js';
export { Random } from './experiment/random.js';
export { discriminatorLoss, generatorLoss } from './losses/adversarial.js';
export { annealedMean, rebalancing, softCrossEntropy, softEncoding } from './losses/colorization.js';
export { infoNce, mutualInfoNce } from './losses/info-nce.js';
export { nPairs } from './losses/n-pairs.js';
export { ntXent } from './losses/nt-xent.js';
export { psnr, regionError } from './losses/reconstruction.js';
export {
  appearanceLoss,
  consistencyLoss,
  leftFromRight,
  rightFromLeft,
  smoothnessLoss,
  ssim,
} from './losses/stereo.js';
export { trackRanking } from './losses/track-ranking.js';
export { semiHardTriplets, squaredDistances } from './losses/triplet.js';
export * from './methods/all.js';
export { supervised } from './methods/supervised.js';
export { alexnet } from './nn/alexnet.js';
export { batchNorm } from './nn/batch-norm.js';
export { convnet } from './nn/convnet.js';
export { dropout } from './nn/dropout.js';
export { fromRun } from './nn/from-run.js';
export { gelu } from './nn/gelu.js';
export { gru } from './nn/gru.js';
export { l2Normalize } from './nn/l2-normalize.js';
export { layerNorm } from './nn/layer-norm.js';
export { conv2d, conv2dTranspose, elu, globalAveragePool, leakyRelu, linear, relu, sequential } from './nn/layers.js';
export { mapDecoder } from './nn/map-decoder.js';
export { mlp } from './nn/mlp.js';
export { adam, adamW, lars, sgd } from './nn/optimizers.js';
export { resnet18, resnet34 } from './nn/resnet.js';
export { signalEncoder } from './nn/signal-encoder.js';
export { spatialSoftArgMax } from './nn/soft-arg-max.js';
export { transformer } from './nn/transformer.js';
export { averageVariables, copyVariables } from './nn/variables.js';
