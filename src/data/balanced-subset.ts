/** Which samples keep their label where labels are scarce. */
import type { Random } from '../experiment/random.js';

/** How much of each class: a part of it (at least one sample), or a number of samples (at most all). */
export type ClassShare = { readonly fraction: number } | { readonly perClass: number };

/** Indices of a share of each class, in random order within it; samples without a label are left out. */
export function balancedSubset(labels: Int32Array, share: ClassShare, random: Random): Int32Array {
  const classes = new Map<number, number[]>();
  for (const i of random.permutation(labels.length)) {
    const label = labels[i] as number;
    if (label < 0) continue;
    if (!classes.has(label)) classes.set(label, []);
    classes.get(label)?.push(i);
  }
  const count = (own: number) => ('perClass' in share ? share.perClass : Math.max(1, Math.round(share.fraction * own)));
  return Int32Array.from([...classes.values()].flatMap((own) => own.slice(0, count(own.length))));
}
