/** A system under measurement: a process that is told what to do, one line of JSON at a time, and idle in between. */
import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

export class System {
  private readonly child: ChildProcess;
  private readonly waiting: { resolve(value: unknown): void; reject(error: Error): void }[] = [];
  private errors = '';

  constructor(
    readonly name: string,
    command: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ) {
    const [file, ...args] = command as [string, ...string[]];
    // Answers come through descriptor 3: libraries print what they like to the others.
    this.child = spawn(file, args, { stdio: ['pipe', 'ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
    this.child.stderr?.on('data', (text: Buffer) => {
      this.errors = (this.errors + text.toString()).slice(-4000);
    });
    createInterface({ input: this.child.stdio[3] as Readable }).on('line', (line) => {
      const { result, error } = JSON.parse(line) as { result?: unknown; error?: string };
      const call = this.waiting.shift();
      if (error === undefined) call?.resolve(result);
      else call?.reject(new Error(`${this.name}: ${error}`));
    });
    const end = (why: string) => {
      for (const { reject } of this.waiting.splice(0)) reject(new Error(`${this.name} ${why}\n${this.errors}`));
    };
    this.child.on('error', (error) => end(`did not start: ${error.message}`));
    this.child.on('exit', (code, signal) => end(`ended (${signal ?? code})`));
  }

  call<T>(method: string, ...args: unknown[]): Promise<T> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve: resolve as (value: unknown) => void, reject });
      this.child.stdin?.write(`${JSON.stringify({ method, args })}\n`);
    });
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.stdin?.end();
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 3000).unref())]);
    this.child.kill('SIGKILL');
  }
}

/** The Python of the peers' virtual environment. */
export const python = (root: string) =>
  path.join(root, '.cache/peers', process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
