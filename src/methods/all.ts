/** Every method, one line each: the registry, the public names, snippets, schema and docs follow from this list. */

export { shuffleAndLearn } from './shuffle-and-learn.js';
export { simclr } from './simclr.js';
