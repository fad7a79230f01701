/**
 * Requests and notifications over any channel that posts messages: extension host <-> previewer process,
 * extension host <-> webview. Every request gets a reply or an error, can be cancelled, and is rejected when the peer goes.
 */

/** What one side offers: requests by name with parameters and result, notifications by name with their payload. */
export interface Contract {
  requests: Record<string, { params: unknown; result: unknown }>;
  events: Record<string, unknown>;
}

export type RpcMessage =
  | { readonly kind: 'request'; readonly id: number; readonly method: string; readonly params: unknown }
  | { readonly kind: 'cancel'; readonly id: number }
  | { readonly kind: 'reply'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly error: RpcFault }
  | { readonly kind: 'event'; readonly name: string; readonly payload: unknown };

/** An error as it travels: `data` carries what the sender knows beyond the message, such as diagnostics. */
export interface RpcFault {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  readonly data?: unknown;
}

/** The peer's handler failed; `data` as in `RpcFault`. */
export class RpcError extends Error {
  readonly data: unknown;
  constructor(fault: RpcFault) {
    super(fault.message);
    this.name = fault.name;
    this.data = fault.data;
    if (fault.stack) this.stack = fault.stack;
  }
}

/** The request was given up: cancelled, timed out, or the peer is gone. */
export class RpcGone extends Error {
  override name = 'RpcGone';
}

type RequestHandlers<C extends Contract> = {
  [M in keyof C['requests']]: (
    params: C['requests'][M]['params'],
    signal: AbortSignal,
  ) => C['requests'][M]['result'] | Promise<C['requests'][M]['result']>;
};
type EventHandlers<C extends Contract> = { [E in keyof C['events']]?: (payload: C['events'][E]) => void };

/**
 * One end of a channel. `Local` is what this end offers, `Remote` what the other end offers.
 * Feed incoming messages to `receive`; call `dispose` when the channel closes.
 */
export class Peer<Local extends Contract, Remote extends Contract> {
  private nextId = 1;
  private readonly waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  private readonly working = new Map<number, AbortController>();
  private gone: string | undefined;

  constructor(
    private readonly post: (message: RpcMessage) => void,
    private readonly requests: RequestHandlers<Local>,
    private readonly events: EventHandlers<Local> = {},
  ) {}

  /** Asks the other end; rejects with RpcError when its handler fails, with RpcGone when there will be no answer. */
  request<M extends keyof Remote['requests'] & string>(
    method: M,
    params: Remote['requests'][M]['params'],
    options: { signal?: AbortSignal; timeout?: number } = {},
  ): Promise<Remote['requests'][M]['result']> {
    if (this.gone !== undefined) return Promise.reject(new RpcGone(this.gone));
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      const giveUp = (reason: string) => {
        if (!this.waiting.has(id)) return;
        settle();
        this.send({ kind: 'cancel', id });
        reject(new RpcGone(reason));
      };
      const onAbort = () => giveUp(`${method} was cancelled`);
      const timer =
        options.timeout === undefined
          ? undefined
          : setTimeout(() => giveUp(`no answer to ${method} in ${options.timeout} ms`), options.timeout);
      const settle = () => {
        this.waiting.delete(id);
        clearTimeout(timer);
        options.signal?.removeEventListener('abort', onAbort);
      };
      this.waiting.set(id, {
        resolve: (value) => {
          settle();
          resolve(value as Remote['requests'][M]['result']);
        },
        reject: (error) => {
          settle();
          reject(error);
        },
      });
      if (options.signal?.aborted) return giveUp(`${method} was cancelled`);
      options.signal?.addEventListener('abort', onAbort, { once: true });
      this.send({ kind: 'request', id, method, params });
    });
  }

  /** Tells the other end; no answer is expected. */
  notify<E extends keyof Remote['events'] & string>(name: E, payload: Remote['events'][E]): void {
    this.send({ kind: 'event', name, payload });
  }

  /** Handles a message from the other end. Anything that is not one of ours is ignored. */
  receive(message: unknown): void {
    if (typeof message !== 'object' || message === null || !('kind' in message)) return;
    const incoming = message as RpcMessage;
    switch (incoming.kind) {
      case 'request':
        void this.answer(incoming.id, incoming.method, incoming.params);
        break;
      case 'cancel':
        this.working.get(incoming.id)?.abort();
        break;
      case 'reply':
        this.waiting.get(incoming.id)?.resolve(incoming.result);
        break;
      case 'error':
        this.waiting.get(incoming.id)?.reject(new RpcError(incoming.error));
        break;
      case 'event':
        if (Object.hasOwn(this.events, incoming.name)) this.events[incoming.name]?.(incoming.payload as never);
        break;
    }
  }

  /** Rejects all that waits and cancels all that works; later requests are rejected at once. */
  dispose(reason = 'the peer is gone'): void {
    if (this.gone !== undefined) return;
    this.gone = reason;
    for (const { reject } of [...this.waiting.values()]) reject(new RpcGone(reason));
    for (const controller of this.working.values()) controller.abort();
    this.working.clear();
  }

  private send(message: RpcMessage): void {
    if (this.gone === undefined) this.post(message);
  }

  private async answer(id: number, method: string, params: unknown): Promise<void> {
    const controller = new AbortController();
    this.working.set(id, controller);
    try {
      if (!Object.hasOwn(this.requests, method)) throw new Error(`unknown request: ${method}`);
      const result = await this.requests[method as keyof RequestHandlers<Local>](params as never, controller.signal);
      this.send({ kind: 'reply', id, result });
    } catch (error) {
      const e = error instanceof Error ? error : new Error(String(error));
      const data = (e as { data?: unknown }).data;
      this.send({ kind: 'error', id, error: { name: e.name, message: e.message, stack: e.stack, data } });
    } finally {
      this.working.delete(id);
    }
  }
}
