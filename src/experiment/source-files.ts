/** The files an experiment is made of: read from the disk, or from the editor where it holds a newer text. */
import { realpathSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { sha256 } from './hash.js';

/** A local file that an experiment is made of, as it was when it was read. */
export interface BundledSource {
  /** Absolute path. */
  readonly path: string;
  readonly text: string;
  readonly sha256: string;
}

const extensions = ['', '.ts', '.js', '.mts', '.mjs', '.tsx', '.jsx', '.json'];

export class SourceFiles {
  private readonly overlays = new Map<string, { readonly name: string; readonly text: string }>();
  private readonly loaded = new Map<string, BundledSource>();

  constructor(overlays: Readonly<Record<string, string>>) {
    for (const [name, text] of Object.entries(overlays)) this.overlays.set(key(name), { name, text });
  }

  /** What was read so far, in order. */
  get read(): readonly BundledSource[] {
    return [...this.loaded.values()];
  }

  async load(file: string): Promise<string> {
    const name = this.original(file);
    const text = this.overlays.get(key(file))?.text ?? (await readFile(file, 'utf8'));
    this.loaded.set(name, { path: name, text, sha256: sha256(text) });
    return text;
  }

  /** The text of a file that was read. */
  textOf(file: string): string | undefined {
    return this.loaded.get(this.original(file))?.text;
  }

  /** The path under which the editor knows a file that esbuild names by its real path. */
  original(file: string): string {
    return this.overlays.get(key(file))?.name ?? file;
  }

  /** An overlay that an import of this path means, for files that are not on the disk yet. */
  findOverlay(file: string): string | undefined {
    const stem = file.replace(/\.([cm]?)js$/, '');
    const found = [...extensions.map((e) => file + e), ...extensions.map((e) => stem + e)];
    return found.find((candidate) => this.overlays.has(key(candidate)));
  }
}

/** One key for all spellings of a path: links are followed, and Windows ignores case. */
function key(file: string): string {
  let real = path.resolve(file);
  try {
    // The file itself may not exist yet.
    real = path.join(realpathSync(path.dirname(real)), path.basename(real));
    real = realpathSync(real);
  } catch {}
  return process.platform === 'win32' ? real.toLowerCase() : real;
}
