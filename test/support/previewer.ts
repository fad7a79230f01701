/** A previewer process, as the extension starts it. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { PreviewerContract, PreviewerHostContract, PreviewRequest } from '../../src/protocol/previewer.js';
import { Peer } from '../../src/protocol/rpc.js';

export const root = path.resolve(import.meta.dirname, '../..');

export class PreviewerProcess {
  readonly peer: Peer<PreviewerHostContract, PreviewerContract>;
  readonly logs: string[] = [];

  private constructor(readonly child: ChildProcess) {
    this.peer = new Peer(
      (message) => {
        if (child.connected) child.send(message, () => {});
      },
      {},
      { log: ({ message }) => this.logs.push(message) },
    );
    child.on('message', (message) => this.peer.receive(message));
    child.once('exit', () => this.peer.dispose('the previewer ended'));
  }

  /** Resolves when the process is ready to answer. */
  static async start(options: { execArgv?: string[] } = {}): Promise<PreviewerProcess> {
    const child = fork(path.join(root, 'dist/previewer.js'), [], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      execArgv: [],
      ...options,
    });
    const started = new PreviewerProcess(child);
    await once(child, 'message');
    return started;
  }

  inspect(file: string, text?: string) {
    return this.peer.request('inspect', { file, overlays: text === undefined ? {} : { [file]: text } });
  }

  preview(file: string, text: string | undefined, changes: Partial<PreviewRequest> = {}, signal?: AbortSignal) {
    const overlays = text === undefined ? {} : { [file]: text };
    const request = { file, overlays, exportName: 'default', sample: 0, reroll: 0, draws: 2, disabled: [], ...changes };
    return this.peer.request('preview', request, { signal });
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
  }
}
