/** The previewer's work within this process: for `check` and `views`. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { SourceText } from '../protocol/previewer.js';
import type { PreviewService } from '../trainer/preview-service.js';
import { UsageError } from './command.js';

/** Does work with an experiment file. Throws a UsageError if there is no such file. */
export async function withPreviews<T>(
  file: string,
  work: (service: PreviewService, source: SourceText) => Promise<T>,
): Promise<T> {
  const absolute = path.resolve(file);
  if (!existsSync(absolute)) throw new UsageError(`there is no file ${absolute}`);
  const { PreviewService } = await import('../trainer/preview-service.js');
  const folder = await mkdtemp(path.join(os.tmpdir(), 'autodidact-'));
  try {
    const service = new PreviewService(folder, (message) => console.error(message));
    return await work(service, { file: absolute, overlays: {} });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
