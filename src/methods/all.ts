/** Every method, one line each: the registry, the public names, snippets, schema and docs follow from this list. */

export { bert } from './bert.js';
export { cmc } from './cmc.js';
export { colorization } from './colorization.js';
export { cpc } from './cpc.js';
export { cpcV2 } from './cpc-v2.js';
export { deepInfomax } from './deep-infomax.js';
export { inpainting } from './inpainting.js';
export { instdisc } from './instdisc.js';
export { jigsaw } from './jigsaw.js';
export { localAggregation } from './local-aggregation.js';
export { moco } from './moco.js';
export { mocoV2 } from './moco-v2.js';
export { monodepth } from './monodepth.js';
export { relativePosition } from './relative-position.js';
export { rotation } from './rotation.js';
export { s4lExemplar } from './s4l-exemplar.js';
export { s4lRotation } from './s4l-rotation.js';
export { shuffleAndLearn } from './shuffle-and-learn.js';
export { siameseTriplet } from './siamese-triplet.js';
export { simclr } from './simclr.js';
export { sla } from './sla.js';
export { tcn } from './tcn.js';
