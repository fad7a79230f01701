import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { RunEvent } from '../../../src/protocol/run.js';
import { EventTail } from '../../../src/runs/event-tail.js';
import { followEvents } from '../../../src/runs/follow.js';
import { createRun, metrics, temporaryRoot } from './helpers.js';

function collector() {
  const sink = {
    seen: [] as RunEvent[],
    batches: 0,
    restarts: 0,
    events(batch: readonly RunEvent[]) {
      sink.batches++;
      sink.seen.push(...batch);
    },
    restart() {
      sink.restarts++;
      sink.seen = [];
    },
  };
  return sink;
}

function open() {
  const file = path.join(temporaryRoot(), 'events.jsonl');
  const sink = collector();
  return { file, sink, tail: new EventTail(file, sink) };
}

const line = (step: number) => `${JSON.stringify(metrics(step))}\n`;
const steps = (sink: { seen: RunEvent[] }) => sink.seen.map(({ step }) => step);

describe('the tail of events', () => {
  it('reads what is new, and only that', async () => {
    const { file, sink, tail } = open();
    await tail.read();
    fs.writeFileSync(file, line(1) + line(2));
    await tail.read();
    await tail.read();
    fs.appendFileSync(file, line(3));
    await tail.read();
    expect(steps(sink)).toEqual([1, 2, 3]);
    expect(sink.restarts).toBe(0);
  });

  it('waits for the rest of a torn last line', async () => {
    const { file, sink, tail } = open();
    const text = line(2);
    fs.writeFileSync(file, line(1) + text.slice(0, 20));
    await tail.read();
    expect(steps(sink)).toEqual([1]);
    fs.appendFileSync(file, text.slice(20));
    await tail.read();
    expect(steps(sink)).toEqual([1, 2]);
    expect(tail.badLines).toBe(0);
  });

  it('passes over lines that are not events, and counts them', async () => {
    const { file, sink, tail } = open();
    fs.writeFileSync(file, `${line(1)}\n{"type":"met\n\r\n{"type":"news","step":1,"epoch":1,"time":1}\n${line(2)}`);
    await tail.read();
    expect(steps(sink)).toEqual([1, 2]);
    expect(tail.badLines).toBe(2);
  });

  it('passes over a line that is too long to be ours', async () => {
    const { file, sink, tail } = open();
    fs.writeFileSync(file, `${line(1)}${'x'.repeat(3 << 20)}\n${line(2)}`);
    await tail.read();
    expect(steps(sink)).toEqual([1, 2]);
    expect(tail.badLines).toBe(1);
  });

  it.each([
    ['was cut', line(7)],
    ['was replaced by a longer one', line(7) + line(8) + line(9) + line(10)],
  ])('starts again when the file %s', async (_how, text) => {
    const { file, sink, tail } = open();
    fs.writeFileSync(file, line(1) + line(2) + line(3));
    await tail.read();
    fs.writeFileSync(file, text);
    await tail.read();
    expect(sink.restarts).toBe(1);
    expect(steps(sink)).toEqual(
      text
        .trim()
        .split('\n')
        .map((item) => JSON.parse(item).step),
    );
  });

  it('gives the same events however the file grows', async () => {
    const folder = temporaryRoot();
    let n = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(400), { maxLength: 8 }),
        fc.string({ unit: 'grapheme' }),
        async (cuts, message) => {
          const file = path.join(folder, `${n++}.jsonl`);
          const log = { type: 'log', level: 'info', message, step: 2, epoch: 0, time: 0 };
          const bytes = Buffer.from(`${line(1)}${JSON.stringify(log)}\n${line(3)}${line(4)}`);
          const sink = collector();
          const tail = new EventTail(file, sink);
          for (const cut of [...cuts.sort((a, b) => a - b), bytes.length]) {
            fs.writeFileSync(file, bytes.subarray(0, cut));
            await tail.read();
          }
          expect(sink.restarts).toBe(0);
          expect(steps(sink)).toEqual([1, 2, 3, 4]);
          expect(sink.seen[1]).toMatchObject({ message });
        },
      ),
      { numRuns: 50 },
    );
  });

  it('gives others their turn while it reads much', async () => {
    const { file, sink, tail } = open();
    const lines = Array.from({ length: 100_000 }, (_, step) => line(step)).join('');
    fs.writeFileSync(file, lines);
    let turns = 0;
    const count = () => {
      turns++;
      timer = setImmediate(count);
    };
    let timer = setImmediate(count);
    await tail.read();
    clearImmediate(timer);
    expect(sink.seen).toHaveLength(100_000);
    expect(sink.batches).toBeGreaterThan(5);
    expect(turns).toBeGreaterThanOrEqual(sink.batches);
  });

  it('rejects for what is not a file', async () => {
    const { file, tail } = open();
    fs.mkdirSync(file);
    await expect(tail.read()).rejects.toThrow(/not a file/);
  });

  it('stops reading when asked to', async () => {
    const { file, sink, tail } = open();
    fs.writeFileSync(file, line(1));
    await tail.read(AbortSignal.abort());
    expect(sink.seen).toEqual([]);
  });
});

describe('following', () => {
  it('brings what is there, then what comes', async () => {
    const writer = createRun(temporaryRoot());
    writer.append(metrics(1));
    const sink = collector();
    const follower = followEvents(writer.folder, sink);
    onTestFinished(() => follower.close());
    await follower.caughtUp;
    expect(steps(sink)).toEqual([0, 1]);
    writer.append(metrics(2));
    await expect.poll(() => steps(sink)).toEqual([0, 1, 2]);
    follower.close();
    writer.append(metrics(3));
    await follower.read();
    expect(steps(sink)).toEqual([0, 1, 2]);
  });
});
