/**
 * The contracts between an experiment's parts: what a dataset, an encoder, an augmentation, a method, an optimizer and
 * an evaluation must do. Built-in parts and those written by users take the same interfaces.
 */
export * from './contracts/data.js';
export * from './contracts/evaluations.js';
export * from './contracts/methods.js';
export * from './contracts/networks.js';
export * from './contracts/optimizers.js';
export * from './contracts/views.js';
