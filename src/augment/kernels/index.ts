/**
 * The inner loops of augmentations in AssemblyScript: TypeScript that compiles to WebAssembly, here with its vectors of
 * four 32-bit floats, which JavaScript does not have. Addresses are in bytes. Loops work in whole vectors, so up to 15
 * values behind the last one are read and written too.
 */
export { blend, curve, fromBytes, hsvCurves, hue, saturation, solarize, weightedSum } from './colors';
export { resampleColumns, resampleRows, sumLines } from './lines';
