import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { RunFacts } from '../protocol/run.js';

const run = promisify(execFile);

/** The commit of the repository a folder lies in, and whether it has changes; undefined without git or a commit. */
export async function gitState(folder: string): Promise<RunFacts['git']> {
  const git = async (...args: string[]) =>
    (await run('git', ['-C', folder, ...args], { timeout: 5000, windowsHide: true })).stdout.trim();
  try {
    const commit = await git('rev-parse', 'HEAD');
    return { commit, dirty: (await git('status', '--porcelain', '--untracked-files=no')) !== '' };
  } catch {
    return undefined;
  }
}
