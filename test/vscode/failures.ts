import { afterEach } from 'vitest';
import type { VsCode } from './driver.js';

/** Keeps a picture of what a failing test saw, in test/out. */
export function pictureFailures(code: () => VsCode | undefined): void {
  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail') return;
    const name = task.name.replace(/[^a-z0-9]+/gi, '-').slice(0, 60);
    await code()?.screenshot(`failed-${name}`);
  });
}
