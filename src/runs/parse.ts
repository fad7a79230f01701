/**
 * Records as they are found in folders: perhaps by a newer version, another machine, a person's editor or someone's
 * bad intent. What is essential must hold, what is not gets a default, and every path stays inside the run.
 */
import type {
  MetricInfo,
  MetricValue,
  RecordedState,
  RunEvent,
  RunFacts,
  RunLabel,
  RunStatus,
  SourceFile,
} from '../protocol/run.js';
import { isInnerPath, runFiles } from './paths.js';

type Fields = Readonly<Record<string, unknown>>;

const states: ReadonlySet<unknown> = new Set(['queued', 'running', 'paused', 'finished', 'stopped', 'failed']);
const eventTypes: ReadonlySet<unknown> = new Set([
  'metrics',
  'evaluation',
  'alert',
  'status',
  'log',
  'checkpoint',
  'rewind',
]);

/** run.json; `id` is the name of the folder it was found in, which may have been copied. Throws an Error with the reason. */
export function parseFacts(text: string, id: string): RunFacts {
  const fields = parseObject(text, runFiles.facts);
  if (fields.format !== 1) {
    const newer = typeof fields.format === 'number' && fields.format > 1;
    throw new Error(
      newer ? `it was written by a newer Autodidact (format ${fields.format})` : `${runFiles.facts} is not of a run`,
    );
  }
  const bundle = string(fields.bundle) ?? runFiles.bundle;
  if (!isInnerPath(bundle)) throw new Error(`${runFiles.facts} points out of the folder of the run: ${bundle}`);
  return {
    format: 1,
    id,
    name: string(fields.name) ?? id,
    created: required(fields, 'created'),
    file: string(fields.file) ?? '',
    exportName: string(fields.exportName) ?? 'default',
    method: string(fields.method) ?? '',
    spec: fields.spec,
    specHash: string(fields.specHash) ?? '',
    set: list(fields.set).flatMap((change) => string(change) ?? []),
    sources: list(fields.sources).flatMap(parseSource),
    bundle,
    git: parseGit(fields.git),
    versions: strings(fields.versions),
    engine: parseEngine(fields.engine),
    seed: number(fields.seed) ?? 0,
    host: string(fields.host) ?? '',
    maxParallelRuns: number(fields.maxParallelRuns) ?? 1,
    epochs: required(fields, 'epochs'),
    stepsPerEpoch: number(fields.stepsPerEpoch),
    metrics: isFields(fields.metrics) ? parseMetrics(fields.metrics) : undefined,
  };
}

/** status.json. Throws an Error with the reason. */
export function parseStatus(text: string): RunStatus {
  const fields = parseObject(text, runFiles.status);
  if (!states.has(fields.state)) throw new Error(`${runFiles.status} has no known state`);
  const headline = isFields(fields.headline) ? fields.headline : {};
  return {
    state: fields.state as RecordedState,
    pid: number(fields.pid) ?? 0,
    host: string(fields.host) ?? '',
    updated: number(fields.updated) ?? 0,
    started: number(fields.started),
    ended: number(fields.ended),
    step: number(fields.step) ?? 0,
    totalSteps: number(fields.totalSteps) ?? 0,
    epoch: number(fields.epoch) ?? 0,
    loss: number(fields.loss) ?? string(fields.loss),
    imagesPerSecond: number(fields.imagesPerSecond),
    eta: number(fields.eta),
    headline:
      typeof headline.metric === 'string' && typeof headline.value === 'number'
        ? { metric: headline.metric, value: headline.value, untrained: number(headline.untrained) }
        : undefined,
    message: string(fields.message),
    alerts: number(fields.alerts),
  };
}

/** label.json; a person's name for a run is no reason to hide it, so whatever is wrong means no name. */
export function parseLabel(text: string): RunLabel {
  try {
    const name = string(parseObject(text, runFiles.label).name)?.trim().slice(0, 200);
    return name ? { name } : {};
  } catch {
    return {};
  }
}

/** A line of events.jsonl; undefined if it is not an event (half a line, or a kind that this version does not know). */
export function parseEvent(line: string): RunEvent | undefined {
  let event: Fields;
  try {
    event = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (!isFields(event) || !eventTypes.has(event.type)) return undefined;
  if (typeof event.step !== 'number' || typeof event.epoch !== 'number' || typeof event.time !== 'number')
    return undefined;
  switch (event.type) {
    case 'metrics':
    case 'evaluation':
      if (!isFields(event.values)) return undefined;
      // Lines of training steps are many and good: look first, copy only when something is wrong.
      for (const name in event.values) {
        if (!isMetricValue(event.values[name])) {
          const values = Object.entries(event.values).filter(([, value]) => isMetricValue(value));
          return { ...event, values: Object.fromEntries(values) } as unknown as RunEvent;
        }
      }
      break;
    case 'status':
      if (!states.has(event.state)) return undefined;
      break;
    case 'checkpoint':
      if (typeof event.file !== 'string' || !isInnerPath(event.file)) return undefined;
      break;
    case 'alert':
      if (typeof event.code !== 'string' || typeof event.message !== 'string') return undefined;
      break;
    case 'log':
      if (typeof event.message !== 'string') return undefined;
      break;
  }
  return event as unknown as RunEvent;
}

function isMetricValue(value: unknown): value is MetricValue {
  return typeof value === 'number' || value === 'NaN' || value === 'Infinity' || value === '-Infinity';
}

function parseObject(text: string, name: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`${name} is not JSON: ${(error as Error).message}`);
  }
  if (!isFields(value)) throw new Error(`${name} is not an object`);
  return value;
}

function parseSource(value: unknown): SourceFile[] {
  if (!isFields(value)) return [];
  const path = string(value.path);
  if (path === undefined || !isInnerPath(path)) return [];
  return [{ path, origin: string(value.origin) ?? '', sha256: string(value.sha256) ?? '' }];
}

function parseGit(value: unknown): RunFacts['git'] {
  const commit = isFields(value) ? string(value.commit) : undefined;
  return commit === undefined ? undefined : { commit, dirty: (value as Fields).dirty === true };
}

function parseEngine(value: unknown): RunFacts['engine'] {
  const name = isFields(value) ? string(value.name) : undefined;
  if (name === undefined) return undefined;
  const { version, threads } = value as Fields;
  return { name, version: string(version) ?? '', threads: number(threads) ?? 1 };
}

function parseMetrics(value: Fields): Record<string, MetricInfo> {
  const units: readonly unknown[] = ['fraction', 'images/s', 'seconds'];
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, info]) => {
      if (!isFields(info)) return [];
      const parsed: MetricInfo = {
        title: string(info.title) ?? name,
        unit: units.includes(info.unit) ? (info.unit as MetricInfo['unit']) : undefined,
        chance: number(info.chance),
        best: number(info.best),
        better: info.better === 'higher' || info.better === 'lower' ? info.better : undefined,
      };
      return [[name, parsed]];
    }),
  );
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function string(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function required(fields: Fields, name: string): number {
  const value = number(fields[name]);
  if (value === undefined) throw new Error(`${runFiles.facts} has no number "${name}"`);
  return value;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function strings(value: unknown): Record<string, string> {
  const entries = isFields(value) ? Object.entries(value) : [];
  return Object.fromEntries(entries.flatMap(([key, item]) => (typeof item === 'string' ? [[key, item]] : [])));
}
