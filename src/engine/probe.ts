/** Whether a native library survives its first use: tried in a process of its own, because a crash cannot be caught. */
import { spawn } from 'node:child_process';

/** Longer than the slowest library takes to load from a cold disk. */
const PATIENCE = 60_000;

/** Runs a program (CommonJS text) by itself. @returns why it failed, or undefined where it did not. */
export function failureOf(program: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    // In Electron this makes the executable behave as Node.
    const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1' };
    const stdio = ['ignore', 'ignore', 'pipe'] as const;
    const child = spawn(process.execPath, ['-e', program], { env, stdio: [...stdio], timeout: PATIENCE });
    let errors = '';
    child.stderr?.on('data', (text) => {
      errors = (errors + text).slice(-2000);
    });
    // Where no process can be started, nothing is known: the library is then tried as it is.
    child.once('error', () => resolve(undefined));
    child.once('close', (code, signal) => {
      if (signal === 'SIGTERM') resolve(`its native library did not answer for ${PATIENCE / 1000} s`);
      else if (signal !== null || (code ?? 0) > 128) resolve(`its native library crashed (${signal ?? code})`);
      else if (code !== 0) resolve(/^\w*Error: .*/m.exec(errors)?.[0] ?? 'its native library does not load');
      else resolve(undefined);
    });
  });
}
