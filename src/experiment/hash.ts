/** Hashes by which runs and code are told apart. */
import { createHash } from 'node:crypto';
import { toSpec } from './experiment.js';

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** JSON with the keys of every object in order, so that equal values give equal texts. */
export function stableJson(value: unknown): string {
  return JSON.stringify(value, (_key, v: unknown) =>
    typeof v === 'object' && v !== null && !Array.isArray(v)
      ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1)))
      : v,
  );
}

/** SHA-256, as hex, of an experiment or part as plain data. */
export function specHash(value: unknown): string {
  return sha256(stableJson(toSpec(value)));
}
