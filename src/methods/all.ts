/** Every method, one line each: the registry, the public names, snippets, schema and docs follow from this list. */
export { simclr } from './simclr.js';
