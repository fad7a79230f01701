import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hostIdentity, observedState, processExists, silence } from '../../../src/runs/liveness.js';
import { parseEvent, parseFacts, parseLabel, parseStatus } from '../../../src/runs/parse.js';
import { isInnerPath, isRunId, runFolder, slug } from '../../../src/runs/paths.js';
import { metrics, newRun } from './helpers.js';

const facts = { format: 1, id: 'x', created: 5, host: 'here', ...newRun().facts };

describe('run.json', () => {
  it('comes back as it was written, under the name of the folder it lies in', () => {
    expect(parseFacts(JSON.stringify(facts), 'copied')).toMatchObject({ ...facts, id: 'copied' });
  });

  it.each([
    [{ ...facts, format: 2 }, /newer Autodidact \(format 2\)/],
    [{}, /not of a run/],
    [{ ...facts, created: 'today' }, /no number "created"/],
    [{ ...facts, bundle: '../../elsewhere.mjs' }, /points out of the folder/],
    [[], /not an object/],
  ])('is refused with a reason: %#', (value, reason) => {
    expect(() => parseFacts(JSON.stringify(value), 'x')).toThrow(reason);
  });

  it('loses what is not as it should be, and keeps the rest', () => {
    const odd = {
      ...facts,
      seed: 'zero',
      versions: { a: '1', b: 2 },
      metrics: { loss: { title: 3, unit: 'furlongs' }, bad: null },
      sources: [{ path: '../x' }, { path: 'a/b.ts', sha256: 'f' }, 7],
    };
    const parsed = parseFacts(JSON.stringify(odd), 'x');
    expect(parsed.seed).toBe(0);
    expect(parsed.versions).toEqual({ a: '1' });
    expect(parsed.metrics).toEqual({ loss: { title: 'loss' } });
    expect(parsed.sources).toEqual([{ path: 'a/b.ts', origin: '', sha256: 'f' }]);
  });
});

describe('any text', () => {
  it('gives a record or an Error with a message, never anything else', () => {
    const text = fc.oneof(
      fc.string(),
      fc.json(),
      fc.record({ format: fc.constant(1), created: fc.nat(), epochs: fc.nat() }).map((o) => JSON.stringify(o)),
      fc
        .dictionary(fc.constantFrom(...Object.keys(facts), 'state', 'headline'), fc.jsonValue())
        .map((o) => JSON.stringify(o)),
    );
    fc.assert(
      fc.property(text, (value) => {
        for (const parse of [(t: string) => parseFacts(t, 'x'), parseStatus]) {
          try {
            parse(value);
          } catch (error) {
            expect((error as Error).message).toMatch(/run\.json|status\.json|newer/);
          }
        }
        expect(typeof parseLabel(value)).toBe('object');
      }),
    );
  });

  it('gives an event whose fields have their types, or none', () => {
    const known = fc.constantFrom('metrics', 'evaluation', 'alert', 'status', 'log', 'checkpoint', 'rewind', 'new');
    const fields = fc.record(
      {
        type: known,
        step: fc.oneof(fc.nat(), fc.string()),
        epoch: fc.double({ noNaN: true, noDefaultInfinity: true }),
        time: fc.nat(),
        values: fc.dictionary(fc.string(), fc.oneof(fc.double(), fc.constantFrom('NaN', 'x', null))),
        file: fc.oneof(fc.constantFrom('checkpoints/1', '/etc/passwd', '../x'), fc.nat()),
        message: fc.oneof(fc.string(), fc.nat()),
        code: fc.string(),
        state: fc.constantFrom('running', 'flying'),
      },
      { requiredKeys: ['type', 'step', 'epoch', 'time'] },
    );
    fc.assert(
      fc.property(fields, (value) => {
        const event = parseEvent(JSON.stringify(value));
        if (event === undefined) return;
        expect(typeof event.step).toBe('number');
        if (event.type === 'checkpoint') expect(event.file).toBe('checkpoints/1');
        if (event.type === 'status') expect(event.state).toBe('running');
        if (event.type === 'metrics')
          for (const item of Object.values(event.values))
            expect(Number.isNaN(Number(item)) === (item === 'NaN')).toBe(true);
      }),
    );
  });

  it('keeps the good values of a line', () => {
    const line = JSON.stringify({ ...metrics(1), values: { loss: 1, bad: 'high', nan: 'NaN' } });
    expect(parseEvent(line)).toMatchObject({ values: { loss: 1, nan: 'NaN' } });
    expect(parseEvent(line)).not.toHaveProperty('values.bad');
  });
});

describe('label.json', () => {
  it.each([
    ['{"name":"  my run "}', { name: 'my run' }],
    ['{"name":3}', {}],
    ['{"na', {}],
    ['[]', {}],
  ])('%s', (text, label) => expect(parseLabel(text)).toEqual(label));
});

describe('the state that is shown', () => {
  const status = { state: 'running', pid: process.pid, host: hostIdentity, updated: 1_000_000 } as const;
  const now = status.updated + silence;
  it.each([
    ['of a live process', status, now, 'running'],
    ['of a dead process', { ...status, pid: 2 ** 30 }, now, 'interrupted'],
    ['of a process elsewhere', { ...status, host: 'elsewhere', pid: 2 ** 30 }, now, 'running'],
    ['of a silent process elsewhere', { ...status, host: 'elsewhere' }, now + 1, 'interrupted'],
    ['of a process id that someone else has now', status, now + 1, 'interrupted'],
    ['of a run that ended', { ...status, state: 'failed', pid: 0 } as const, now + 1, 'failed'],
  ])('%s', (_what, record, time, expected) => {
    expect(observedState(record, undefined, time)).toBe(expected);
  });
  it('is live by the heartbeat of a long step', () => {
    expect(observedState(status, now, now + silence)).toBe('running');
  });
});

describe('processes', () => {
  it('exist, or not', () => {
    expect(processExists(process.pid)).toBe(true);
    for (const pid of [2 ** 30, 0, -1, 1.5, Number.NaN]) expect(processExists(pid)).toBe(false);
  });

  it.skipIf(process.platform !== 'linux')('do not exist when they ended and nobody asked how', async () => {
    // `sleep` takes the place of the shell, while its child still lives, and never asks how that child ended.
    const parent = spawn('sh', ['-c', 'sleep 0.5 & echo $!; exec sleep 60']);
    onTestFinished(() => void parent.kill());
    const [line] = await once(parent.stdout, 'data');
    await expect.poll(() => processExists(Number(line)), { timeout: 10_000 }).toBe(false);
    await expect.poll(() => fs.readFileSync(`/proc/${Number(line)}/stat`, 'latin1')).toContain(') Z');
    expect(processExists(Number(line))).toBe(false);
  });
});

describe('paths', () => {
  it('of runs stay in their root', () => {
    for (const id of ['', '.', '..', '.turn-1', 'a/b', 'a\\b', 'C:x', 'a\0']) {
      expect(isRunId(id)).toBe(false);
      expect(() => runFolder('/root', id)).toThrow();
    }
    expect(isRunId('20260101-000000-猫-abc')).toBe(true);
  });

  it('of sources stay in their run', () => {
    for (const file of ['', '/x', '../x', 'a/../../x', 'a//b', 'a\\b', 'C:/x', './x'])
      expect(isInnerPath(file)).toBe(false);
    expect(isInnerPath('source/a b/猫.ts')).toBe(true);
  });

  it('have slugs that are safe names', () => {
    expect(slug('SimCLR: τ = 0.5 / 猫')).toBe('simclr-τ-0-5-猫');
    expect(slug('///')).toBe('run');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        expect(isRunId(slug(name))).toBe(true);
        expect([...slug(name)].length).toBeLessThanOrEqual(40);
      }),
      { numRuns: 50 },
    );
  });
});
