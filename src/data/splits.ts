/** Classes and splits of a folder of pictures or texts, read off the names alone. */
import { createHash } from 'node:crypto';

export interface Labelled {
  /** Path relative to the folder, with `/`. */
  readonly name: string;
  /** Class index, or -1. */
  readonly label: number;
}

export interface Splits<T extends Labelled = Labelled> {
  readonly classes: readonly string[];
  readonly train: readonly T[];
  readonly test: readonly T[];
  readonly notes: readonly string[];
}

/** A number with its noun. */
export const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;

const testNames = ['test', 'val', 'valid', 'validation'];

/**
 * With sub-folders `train` and `test` (or `val`, `valid`, `validation`) these are the splits; otherwise a part of each
 * class is held out. The folders below are the classes; without at least two of them there are no labels.
 */
export function splitByFolders<F extends { readonly name: string }>(
  files: readonly F[],
  heldOut: number,
  noun: string,
): Splits<F & Labelled> {
  const tops = new Set(files.map(topFolder));
  const folder = (wanted: string) => [...tops].find((name) => name.toLowerCase() === wanted);
  const train = folder('train');
  const test = testNames.map(folder).find((name) => name !== undefined);
  // `train` alone may be a class, of vehicles say, unless there is nothing else.
  if (train === undefined || (test === undefined && tops.size > 1)) return holdOut(label(files, 0, noun), heldOut);
  const inside = files.filter((file) => topFolder(file) === train || topFolder(file) === test);
  const labelled = label(inside, 1, noun);
  if (test === undefined) return holdOut(labelled, heldOut);
  const outside = files.length - inside.length;
  return {
    classes: labelled.classes,
    train: labelled.files.filter((file) => topFolder(file) === train),
    test: labelled.files.filter((file) => topFolder(file) === test),
    notes:
      outside > 0
        ? [...labelled.notes, `Left out ${counted(outside, noun)} outside of ${train} and ${test}.`]
        : labelled.notes,
  };
}

const topFolder = ({ name }: { readonly name: string }) => (name.includes('/') ? (name.split('/')[0] as string) : '');

interface LabelledFiles<F> {
  readonly classes: readonly string[];
  readonly files: readonly (F & Labelled)[];
  readonly notes: readonly string[];
}

/** Labels files by the folder at this depth of their path. */
function label<F extends { readonly name: string }>(
  files: readonly F[],
  depth: number,
  noun: string,
): LabelledFiles<F> {
  const classOf = (file: F) => {
    const parts = file.name.split('/');
    return parts.length > depth + 1 ? parts[depth] : undefined;
  };
  const classes = [...new Set(files.map(classOf))].filter((name) => name !== undefined).sort();
  if (classes.length < 2) {
    const notes = [`No labels: the ${noun}s are not in two or more sub-folders that would name their classes.`];
    return { classes: [], files: files.map((file) => ({ ...file, label: -1 })), notes };
  }
  const indexOf = new Map(classes.map((name, i) => [name, i]));
  const labelled = files.flatMap((file) => {
    const index = indexOf.get(classOf(file) ?? '');
    return index === undefined ? [] : [{ ...file, label: index }];
  });
  const left = files.length - labelled.length;
  const notes = left > 0 ? [`Left out ${counted(left, noun)} beside the class folders, without a label.`] : [];
  return { classes, files: labelled, notes };
}

/**
 * Holds out the same part of each class, at least one file of a class that has two. Which ones follows from a hash
 * of their names: neither seeds nor other files change it, but for the one at the border.
 */
export function holdOut<F extends { readonly name: string }>(
  { classes, files, notes }: LabelledFiles<F>,
  fraction: number,
): Splits<F & Labelled> {
  const byClass = new Map<number, { name: string; hash: string }[]>();
  for (const { name, label } of files) {
    const members = byClass.get(label) ?? [];
    members.push({ name, hash: createHash('sha256').update(name).digest('hex') });
    byClass.set(label, members);
  }
  const held = new Set<string>();
  for (const members of byClass.values()) {
    const share = Math.max(1, Math.round(members.length * fraction));
    const count = fraction === 0 ? 0 : Math.min(members.length - 1, share);
    members.sort((a, b) => (a.hash < b.hash ? -1 : 1));
    for (const { name } of members.slice(0, count)) held.add(name);
  }
  return {
    classes,
    train: files.filter(({ name }) => !held.has(name)),
    test: files.filter(({ name }) => held.has(name)),
    notes,
  };
}
