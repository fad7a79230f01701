import {
  adam,
  colorJitter,
  convnet,
  experiment,
  fashionMnist,
  horizontalFlip,
  instdisc,
  knn,
  linearProbe,
  pretext,
  randomResizedCrop,
} from 'autodidact';

// Ten thousand classes of one picture each: a view has to find its picture's row in a bank of all pictures.
export default experiment({
  data: fashionMnist(),
  encoder: convnet({ widths: [32, 64, 128] }),
  method: instdisc({
    temperature: 0.1,
    dimension: 64,
    // A row follows the vectors of its picture with every epoch, and forgets half of what it was.
    bankMomentum: 0.5,
    views: [
      randomResizedCrop({ scale: [0.3, 1] }),
      horizontalFlip(),
      colorJitter({ brightness: 0.4, contrast: 0.4, p: 0.8 }),
    ],
  }),
  optimizer: adam({ learningRate: 3e-3 }),
  epochs: 10,
  batchSize: 128,
  seed: 0,
  // On pictures that have no row: do two views find each other, and are the classes laid out well?
  evaluate: [pretext(), knn({ k: 20 }), linearProbe()],
});
