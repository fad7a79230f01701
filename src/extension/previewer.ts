/**
 * The previewer process, as the extension sees it: started when first needed, asked for what unsaved text looks like,
 * ended when code of the user hangs it, and started again for the next question.
 */
import { type ChildProcess, fork } from 'node:child_process';
import * as vscode from 'vscode';
import type { PreviewerContract, PreviewerHostContract } from '../protocol/previewer.js';
import { Peer, RpcGone } from '../protocol/rpc.js';
import type { Context } from './context.js';

type Requests = PreviewerContract['requests'];

/** Milliseconds between signs of life that are asked for while a request is under way. */
const pulse = 1000;
/** How long the process may be silent before it counts as hung. Pairs compute a whole batch in one go. */
const patience = { ping: 10_000, inspect: 10_000, preview: 10_000, pairs: 60_000 } as const;
/** The process has this long to load. */
const startPatience = 30_000;

interface Running {
  readonly child: ChildProcess;
  readonly peer: Peer<PreviewerHostContract, PreviewerContract>;
  /** When it was told the first thing to which nothing has been heard since; undefined while it owes no answer. */
  waiting: number | undefined;
  ready: boolean;
  /** Why it was ended from here. */
  ended?: string;
}

export class Previewer implements vscode.Disposable {
  private running: Running | undefined;
  private readonly pending = new Map<symbol, number>();
  private watchdog: NodeJS.Timeout | undefined;

  constructor(private readonly context: Context) {}

  /**
   * Asks the process. Rejects with RpcError for mistakes in the experiment, with RpcGone when the question was
   * cancelled, and with an Error that says so when the process hung or crashed over it.
   */
  async request<M extends keyof Requests & string>(
    method: M,
    params: Requests[M]['params'],
    signal?: AbortSignal,
  ): Promise<Requests[M]['result']> {
    if (!vscode.workspace.isTrusted)
      throw new RpcGone(vscode.l10n.t('This workspace is not trusted: nothing is executed.'));
    const running = this.running ?? this.start();
    const key = Symbol(method);
    this.pending.set(key, patience[method as keyof typeof patience]);
    this.watch();
    try {
      return await running.peer.request(method, params, { signal });
    } catch (error) {
      if (running.ended !== undefined && !signal?.aborted) throw new Error(running.ended);
      throw error;
    } finally {
      this.pending.delete(key);
    }
  }

  dispose(): void {
    clearInterval(this.watchdog);
    if (this.running !== undefined) this.end(this.running, 'the window closes');
  }

  private start(): Running {
    const { log } = this.context;
    const child = fork(this.context.file('dist', 'previewer.js'), [], {
      execPath: this.context.node(),
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    });
    const peer = new Peer<PreviewerHostContract, PreviewerContract>(
      // A message to a process that has just ended is lost, and its request rejected below.
      (message) => {
        running.waiting ??= performance.now();
        if (child.connected) child.send(message, () => {});
      },
      {},
      {
        ready: ({ pid }) => {
          running.ready = true;
          log.debug(`previewer: ready (${pid})`);
        },
        log: ({ message }) => log.debug(`previewer: ${message}`),
      },
    );
    const running: Running = { child, peer, waiting: undefined, ready: false };
    child.on('message', (message) => {
      running.waiting = undefined;
      peer.receive(message);
    });
    let lastWords = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        log.info(`previewer: ${text.trimEnd()}`);
        lastWords = (lastWords + text).slice(-4000);
      });
    }
    const gone = (reason: string) => {
      if (this.running === running) this.running = undefined;
      running.ended ??= vscode.l10n.t('The preview process ended unexpectedly ({0}).', reason);
      log.debug(`previewer: ended (${reason})`);
      peer.dispose(running.ended);
    };
    child.once('error', (error) => gone(error.message));
    // `close` comes after the last output, which says why.
    child.once('close', (code, killed) => gone(/^\w*Error: .*$/m.exec(lastWords)?.[0] ?? killed ?? String(code)));
    this.running = running;
    return running;
  }

  private end(running: Running, reason: string): void {
    running.ended ??= reason;
    if (this.running === running) this.running = undefined;
    running.peer.dispose(reason);
    running.child.kill('SIGKILL');
  }

  /** While requests are under way the process is asked for signs of life; one that gives none is ended. */
  private watch(): void {
    this.watchdog ??= setInterval(() => {
      const { running: current } = this;
      if (current === undefined || (this.pending.size === 0 && current.waiting === undefined)) {
        clearInterval(this.watchdog);
        this.watchdog = undefined;
        return;
      }
      const allowed = current.ready ? Math.max(patience.ping, ...this.pending.values()) : startPatience;
      if (current.waiting !== undefined && performance.now() - current.waiting > allowed) {
        const seconds = Math.round(allowed / 1000);
        this.end(
          current,
          vscode.l10n.t('The code did not answer for {0} s and was ended: does it loop without end?', seconds),
        );
      } else current.peer.request('ping', null).catch(() => {});
    }, pulse);
  }
}
