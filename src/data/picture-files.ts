/** Finds the picture files of a folder, in an order that is the same on every machine. */
import { accessSync, constants, type Dirent, readdirSync, realpathSync, type Stats, statSync } from 'node:fs';
import path from 'node:path';
import { DataError } from '../experiment/contracts.js';

export interface PictureFile {
  /** Path relative to the folder, with `/`. */
  readonly name: string;
  readonly bytes: number;
  /** Time of the last change, milliseconds since 1970. */
  readonly changed: number;
}

export interface FoundFiles {
  /** Sorted by the code units of their names. */
  readonly files: readonly PictureFile[];
  /** What was seen and left out, with the reason. */
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
}

const extensions = new Set(['.png', '.jpg', '.jpeg', '.jpe', '.jfif', '.webp']);

/** Looks through the folder and its sub-folders; links are followed unless they lead back. Hidden files are ignored. */
export function findPictures(folder: string): FoundFiles {
  const files: PictureFile[] = [];
  const skipped: { name: string; reason: string }[] = [];

  /** @param above real paths of the folders that led here: a link to one of them is a loop. */
  function visit(relative: string, above: readonly string[]): void {
    const here = path.join(folder, relative);
    for (const entry of entriesOf(here, relative)) {
      if (entry.name.startsWith('.') || entry.name === '__MACOSX') continue;
      const name = relative === '' ? entry.name : `${relative}/${entry.name}`;
      const full = path.join(here, entry.name);
      try {
        const stats = entry.isDirectory() ? undefined : statSync(full);
        if (stats === undefined || stats.isDirectory()) {
          const real = entry.isSymbolicLink() ? realpathSync(full) : path.join(above.at(-1) ?? here, entry.name);
          if (above.includes(real)) skipped.push({ name, reason: 'it links back to a folder above it' });
          else visit(name, [...above, real]);
        } else keep(name, full, stats);
      } catch (error) {
        skipped.push({ name, reason: `it cannot be read (${(error as NodeJS.ErrnoException).code ?? error})` });
      }
    }
  }

  function keep(name: string, full: string, stats: Stats): void {
    const extension = path.extname(name).toLowerCase();
    if (!extensions.has(extension) || !stats.isFile()) {
      skipped.push({ name, reason: 'it is no file that ends in .png, .jpg, .jpeg or .webp' });
      return;
    }
    // Checked now, so that a picture is tried again once its permissions are mended.
    accessSync(full, constants.R_OK);
    files.push({ name, bytes: stats.size, changed: stats.mtimeMs });
  }

  function entriesOf(here: string, relative: string): Dirent[] {
    try {
      return readdirSync(here, { withFileTypes: true });
    } catch (error) {
      if (relative === '') throw error;
      skipped.push({ name: relative, reason: `it cannot be opened (${(error as NodeJS.ErrnoException).code})` });
      return [];
    }
  }

  visit('', [rootOf(folder)]);
  const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
  return { files: files.sort(byName), skipped: skipped.sort(byName) };
}

/** The real path of a folder that exists; otherwise says what is wrong with the path. */
function rootOf(folder: string): string {
  const remedy = 'Give the folder that holds the pictures; a relative path starts at the experiment file.';
  let stats: Stats;
  try {
    stats = statSync(folder);
    if (stats.isDirectory()) {
      readdirSync(folder);
      return realpathSync(folder);
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new DataError(`${folder} ${code === 'ENOENT' ? 'does not exist' : `cannot be opened (${code})`}. ${remedy}`);
  }
  throw new DataError(`${folder} is a file, not a folder. ${remedy}`);
}
