import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/engine/engine.js';
import { EngineError, engineReports, startEngine } from '../../../src/engine/index.js';
import { failureOf } from '../../../src/engine/probe.js';

describe('engines', () => {
  it('tells for each engine whether it can be used, else why not and how to get it', async () => {
    const reports = await engineReports();
    expect(reports.map(({ name }) => name)).toEqual(['onnxruntime', 'tensorflow', 'wasm']);
    expect(reports.at(-1)).toEqual({ name: 'wasm', usable: true });
    for (const report of reports) {
      if (report.usable) continue;
      expect(report.reason).not.toBe('');
      expect(report.remedy).not.toBe('');
    }
  });

  it('starts an engine that reports itself usable, with auto the first of them', async () => {
    const first = (await engineReports()).find(({ usable }) => usable);
    const info = await startEngine('auto', { log: (message) => expect(message).toBe('') });
    expect(info.name).toBe(first?.name);
    expect(info.version).toMatch(/^\d+\.\d+/);
    expect(info.threads).toBeGreaterThan(0);
  });

  it('starts wasm without touching how the process ends', async () => {
    const listeners = process.listeners('unhandledRejection');
    expect(await startEngine('wasm')).toMatchObject({ name: 'wasm' });
    expect(tf.getBackend()).toBe('wasm');
    expect(process.listeners('unhandledRejection')).toEqual(listeners);
    expect('__dirname' in globalThis).toBe(false);
  });

  it('wasm says so when its memory is at an end', async () => {
    await startEngine('wasm');
    const { numTensors } = tf.memory();
    expect(() => tf.fill([2 ** 30], 1)).toThrow('out of memory');
    expect(tf.memory().numTensors).toBe(numTensors);
    expect(tf.tidy(() => tf.sum(tf.ones([1000])).dataSync()[0])).toBe(1000);
  });

  it('goes on with the next engine when a native library crashes at its first use, and says so once', async () => {
    const crashing: Engine = {
      name: 'onnxruntime',
      problem: async () => undefined,
      trial: () => `process.kill(process.pid, 'SIGSEGV')`,
      start: async () => {
        throw new Error('not reached');
      },
    };
    const steady: Engine = {
      name: 'wasm',
      problem: async () => undefined,
      start: async () => ({ version: '1.0', threads: 1 }),
    };
    const said: string[] = [];
    const info = await startEngine('auto', { log: (message) => said.push(message) }, [crashing, steady]);
    expect(info).toEqual({ name: 'wasm', version: '1.0', threads: 1 });
    expect(said).toEqual(['Engine onnxruntime did not start: its native library crashed (SIGSEGV)']);
    await expect(startEngine('onnxruntime', {}, [crashing, steady])).rejects.toThrow(EngineError);
  });

  it('tells a library that does not load from one that does', async () => {
    expect(await failureOf('1')).toBeUndefined();
    expect(await failureOf(`require('./no-such-library.node')`)).toContain('no-such-library');
  });

  it('says why a chosen engine cannot be used', async () => {
    for (const report of await engineReports()) {
      if (report.usable) continue;
      const failure = await startEngine(report.name).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(EngineError);
      expect((failure as EngineError).message).toContain(report.name);
    }
  });
});
