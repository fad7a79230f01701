import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ControlTail, parseControl, requestControl } from '../../../src/runs/control.js';
import { startHeartbeat } from '../../../src/runs/heartbeat.js';
import { createRun, temporaryRoot } from './helpers.js';

function listen(folder: string, offset = 0) {
  const heard: string[] = [];
  const tail = new ControlTail(folder, offset, ({ action }) => heard.push(action));
  onTestFinished(() => tail.close());
  return { heard, tail };
}

describe('control', () => {
  it('brings requests to the trainer in order, each once', async () => {
    const { folder } = createRun(temporaryRoot());
    requestControl(folder, 'pause');
    const { heard, tail } = listen(folder);
    expect(heard).toEqual(['pause']);
    requestControl(folder, 'resume');
    requestControl(folder, 'stop');
    await expect.poll(() => heard).toEqual(['pause', 'resume', 'stop']);
    tail.check();
    expect(heard).toHaveLength(3);
  });

  it('reads whole lines only, and survives what others left', () => {
    const { folder } = createRun(temporaryRoot());
    const file = path.join(folder, 'control.jsonl');
    fs.appendFileSync(file, '{"action":"dance","time":1}\n{"action":"sto');
    const { heard, tail } = listen(folder);
    requestControl(folder, 'evaluate');
    tail.check();
    expect(heard).toEqual(['evaluate']);
  });

  it('does not hear what was asked of an earlier process', () => {
    const { folder } = createRun(temporaryRoot());
    requestControl(folder, 'stop');
    const { size } = fs.statSync(path.join(folder, 'control.jsonl'));
    const { heard, tail } = listen(folder, size);
    requestControl(folder, 'checkpoint');
    tail.check();
    expect(heard).toEqual(['checkpoint']);
  });

  it('refuses to ask in a folder that is gone, and does not make it', () => {
    const { folder } = createRun(temporaryRoot());
    fs.rmSync(folder, { recursive: true });
    expect(() => requestControl(folder, 'stop')).toThrow(/was removed/);
    expect(fs.existsSync(folder)).toBe(false);
  });

  it('takes any line without throwing', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (line) => {
        const request = parseControl(line);
        return request === undefined || typeof request.action === 'string';
      }),
    );
  });
});

describe('the heartbeat', () => {
  it('goes on while the main thread computes, and does not make a removed folder again', async () => {
    const { folder } = createRun(temporaryRoot());
    const file = path.join(folder, 'heartbeat');
    fs.utimesSync(file, 0, 0);
    const heart = startHeartbeat(folder, 20);
    onTestFinished(() => heart.stop());
    await expect.poll(() => fs.statSync(file).mtimeMs, { timeout: 10_000 }).toBeGreaterThan(0);
    const before = fs.statSync(file).mtimeMs;
    const end = performance.now() + 10_000;
    while (fs.statSync(file).mtimeMs === before && performance.now() < end); // a long step
    expect(fs.statSync(file).mtimeMs).toBeGreaterThan(before);
    fs.rmSync(folder, { recursive: true });
    await heart.stop();
    expect(fs.existsSync(folder)).toBe(false);
  });
});
