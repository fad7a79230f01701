import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Contract, Peer, RpcError, RpcGone, type RpcMessage } from '../../../src/protocol/rpc.js';

interface Calculator extends Contract {
  requests: {
    add: { params: readonly [number, number]; result: number };
    fail: { params: null; result: null };
    wait: { params: null; result: string };
  };
  events: { reset: number };
}
interface Nothing extends Contract {
  requests: Record<string, never>;
  events: Record<string, never>;
}

/** Long enough for a busy machine. */
const soon = { timeout: 10_000 };

/** Two peers whose messages pass through structured cloning, as between processes. */
function connected() {
  const seen = { resets: [] as number[], aborted: 0 };
  const ends: { client?: Peer<Nothing, Calculator>; server?: Peer<Calculator, Nothing> } = {};
  const deliver = (to: () => { receive(message: unknown): void } | undefined) => (message: RpcMessage) => {
    const copy = structuredClone(message);
    queueMicrotask(() => to()?.receive(copy));
  };
  const server = new Peer<Calculator, Nothing>(
    deliver(() => ends.client),
    {
      add: ([a, b]) => a + b,
      fail: () => {
        throw Object.assign(new TypeError('no such thing'), { data: { line: 3 } });
      },
      wait: (_params, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            seen.aborted++;
            reject(new Error('aborted'));
          });
        }),
    },
    { reset: (value) => seen.resets.push(value) },
  );
  const client = new Peer<Nothing, Calculator>(
    deliver(() => ends.server),
    {},
  );
  ends.client = client;
  ends.server = server;
  return { client, server, seen };
}

afterEach(() => vi.useRealTimers());

describe('Peer', () => {
  it('answers requests, each with its own reply', async () => {
    const { client } = connected();
    await expect(Promise.all([client.request('add', [1, 2]), client.request('add', [3, 4])])).resolves.toEqual([3, 7]);
  });

  it('brings an error of the handler over, with its name and data', async () => {
    const { client } = connected();
    const error = await client.request('fail', null).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(RpcError);
    expect(error).toMatchObject({ name: 'TypeError', message: 'no such thing', data: { line: 3 } });
  });

  it('answers an unknown request with an error, also one named like an inherited property', async () => {
    const { client } = connected();
    await expect(client.request('toString' as 'add', [1, 2])).rejects.toThrow('unknown request: toString');
  });

  it('cancels at the other end and rejects here', async () => {
    const { client, seen } = connected();
    const controller = new AbortController();
    const answer = client.request('wait', null, { signal: controller.signal });
    await Promise.resolve();
    controller.abort();
    await expect(answer).rejects.toBeInstanceOf(RpcGone);
    await vi.waitFor(() => expect(seen.aborted).toBe(1), soon);
  });

  it('rejects a request that is cancelled before it is sent', async () => {
    const { client } = connected();
    await expect(client.request('wait', null, { signal: AbortSignal.abort() })).rejects.toBeInstanceOf(RpcGone);
  });

  it('gives up after the timeout', async () => {
    vi.useFakeTimers();
    const { client } = connected();
    const answer = expect(client.request('wait', null, { timeout: 50 })).rejects.toThrow('no answer to wait in 50 ms');
    await vi.advanceTimersByTimeAsync(50);
    await answer;
  });

  it('rejects what waits when the peer goes, and everything later', async () => {
    const { client } = connected();
    const answer = client.request('wait', null);
    client.dispose('the previewer ended');
    await expect(answer).rejects.toThrow('the previewer ended');
    await expect(client.request('add', [1, 2])).rejects.toThrow('the previewer ended');
  });

  it('aborts what it is working on when it is disposed', async () => {
    const { client, server, seen } = connected();
    client.request('wait', null).catch(() => undefined);
    await vi.waitFor(async () => {
      await Promise.resolve();
      server.dispose();
      expect(seen.aborted).toBe(1);
    }, soon);
  });

  it('delivers notifications and ignores what is not a message', async () => {
    const { client, server, seen } = connected();
    for (const junk of [null, 7, 'text', {}, { kind: 'unknown' }, { kind: 'reply', id: 99 }]) server.receive(junk);
    client.notify('reset', 5);
    await vi.waitFor(() => expect(seen.resets).toEqual([5]), soon);
  });
});
