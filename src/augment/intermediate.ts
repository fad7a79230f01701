/**
 * Memory for pictures that only the next augmentation sees. It is used again and again, because to get new memory takes as
 * long as many an augmentation.
 */
import type { Clip, Image } from '../experiment/contracts.js';

/** In values; what needs more gets memory of its own. */
const most = 2 ** 24;

let memory = new Float32Array(0);
let used = 0;
/** What the largest piece of work needed; it decides how much memory there is the next time. */
let needed = 0;
let depth = 0;

/** Pixels to be written, all of them: they may have had other values. Within `reusing` they are lost at its end. */
export function pixels(length: number): Float32Array {
  if (depth === 0) return new Float32Array(length);
  const start = used;
  used += length;
  return used <= memory.length ? memory.subarray(start, used) : new Float32Array(length);
}

/** Does work that hands no picture on: the memory of `pixels` is used again after it. */
export function reusing<T>(work: () => T): T {
  if (depth === 0 && needed > memory.length) memory = new Float32Array(needed);
  const before = used;
  depth++;
  try {
    return work();
  } finally {
    depth--;
    needed = Math.min(most, Math.max(needed, used));
    used = before;
  }
}

/** The same for work of which one picture is handed on. */
export function keeping<P extends Image | Clip>(work: () => P): P {
  const result = reusing(work);
  if (result.data.buffer !== memory.buffer) return result;
  const data = pixels(result.data.length);
  data.set(result.data);
  return { ...result, data };
}
