/**
 * A TensorFlow.js backend that computes nothing while kernels are called: it records them. When a value is read, all that
 * was recorded is compiled (once per structure and shapes) and run as one graph in ONNX Runtime.
 */
import {
  type BackendValues,
  type DataId,
  type DataType,
  KernelBackend,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import { compile } from './compile.js';
import type { Info, Kernel } from './lowering.js';
import { CompiledGraph, channelBlock, type HostArray } from './session.js';

/** A value: on the host, or still to be computed. Reshaped tensors share it, so its shape is not its own. */
export class Value {
  refs = 1;
  host: HostArray | undefined;
  producer: RecordedNode | undefined;
  /** Which of the producer's outputs it is. */
  output = 0;

  constructor(
    readonly dtype: DataType,
    readonly size: number,
  ) {}
}

export interface RecordedInput extends Info {
  readonly value: Value;
}

/** A kernel call that has not been computed yet. */
export interface RecordedNode {
  readonly name: string;
  readonly kernel: Kernel;
  readonly inputs: readonly RecordedInput[];
  readonly attributes: unknown;
  readonly outputs: readonly Value[];
  readonly infos: readonly Info[];
}

/** Recorded nodes are run when there are this many, even if nobody reads: memory must not grow without end. */
const MAX_RECORDED = 20_000;

export class OnnxRuntimeBackend extends KernelBackend {
  private readonly values = new Map<object, Value>();
  private recorded: RecordedNode[] = [];
  private readonly compiled = new Map<string, CompiledGraph>();
  /** What was done, for tests and the benchmark. */
  readonly counts = { compiled: 0, runs: 0, nodes: 0, fallbacks: 0 };

  constructor(
    readonly threads: number,
    private readonly cacheSize = 32,
    private readonly sessionOptions: object = {},
  ) {
    super();
  }

  /** How many compiled graphs are kept. */
  get graphs(): number {
    return this.compiled.size;
  }

  /** Records a kernel call; its results are known by shape and type only. */
  record(name: string, kernel: Kernel, tensors: readonly TensorInfo[], attributes: unknown): TensorInfo | TensorInfo[] {
    const inputs = tensors.map(({ dataId, shape, dtype }) => ({ value: this.lookup(dataId), shape, dtype }));
    const inferred = kernel.infer(inputs, attributes);
    const infos = (Array.isArray(inferred) ? inferred : [inferred]) as Info[];
    const outputs = infos.map(({ shape, dtype }) => new Value(dtype, util.sizeFromShape([...shape])));
    const node: RecordedNode = { name, kernel, inputs, attributes, outputs, infos };
    outputs.forEach((value, i) => {
      value.producer = node;
      value.output = i;
    });
    this.recorded.push(node);
    if (this.recorded.length >= MAX_RECORDED) this.flush();
    const made = outputs.map((value, i) => {
      const dataId = {};
      this.values.set(dataId, value);
      const { shape, dtype } = infos[i] as Info;
      return { dataId, shape: [...shape], dtype };
    });
    return Array.isArray(inferred) ? made : (made[0] as TensorInfo);
  }

  /** Another tensor of the same values, as for a reshape. */
  alias({ dataId }: TensorInfo, shape: readonly number[], dtype: DataType): TensorInfo {
    this.incRef(dataId);
    return { dataId, shape: [...shape], dtype };
  }

  /** Computes everything that was recorded and is still needed. */
  flush(): void {
    const nodes = needed(this.recorded);
    this.recorded = [];
    if (nodes.length === 0) return;
    const plan = planOf(nodes);
    let graph = this.compiled.get(plan.key);
    if (graph === undefined) {
      graph = new CompiledGraph(
        compile(nodes, plan, channelBlock(), this.threads),
        plan.results.length,
        this.threads,
        this.sessionOptions,
      );
      this.counts.compiled++;
    }
    // A Map keeps the order of insertion: what is used moves to the end, what is at the front was used longest ago.
    this.compiled.delete(plan.key);
    this.compiled.set(plan.key, graph);
    if (this.compiled.size > this.cacheSize) {
      const [oldest, disused] = this.compiled.entries().next().value as [string, CompiledGraph];
      this.compiled.delete(oldest);
      disused.dispose();
    }
    const arrays = graph.run(
      plan.feeds.map(({ value, shape, dtype }) => ({ array: value.host as HostArray, shape, dtype })),
    );
    plan.results.forEach((value, i) => {
      value.host = arrays[i];
    });
    for (const { outputs } of nodes) for (const value of outputs) value.producer = undefined;
    this.counts.runs++;
    this.counts.nodes += nodes.length;
  }

  private lookup(dataId: DataId): Value {
    const value = this.values.get(dataId);
    if (value === undefined) throw new Error('this tensor does not belong to the onnxruntime engine, or was disposed');
    return value;
  }

  // ---- What TensorFlow.js asks of a backend ----

  override write(values: BackendValues | null, shape: number[], dtype: DataType): DataId {
    const dataId = {};
    this.move(dataId, values, shape, dtype, 1);
    return dataId;
  }

  override move(dataId: DataId, values: BackendValues | null, shape: number[], dtype: DataType, refs: number): void {
    const value = new Value(dtype, util.sizeFromShape(shape));
    value.refs = refs;
    value.host = hostArray(values, dtype, value.size);
    this.values.set(dataId, value);
  }

  override readSync(dataId: DataId): BackendValues {
    const value = this.lookup(dataId);
    if (value.host === undefined) this.flush();
    return value.host as HostArray;
  }

  override async read(dataId: DataId): Promise<BackendValues> {
    return this.readSync(dataId);
  }

  override incRef(dataId: DataId): void {
    this.lookup(dataId).refs++;
  }

  override refCount(dataId: DataId): number {
    return this.values.get(dataId)?.refs ?? 0;
  }

  override disposeData(dataId: DataId, force = false): boolean {
    const value = this.values.get(dataId);
    if (value === undefined) return true;
    value.refs--;
    if (!force && value.refs > 0) return false;
    value.refs = 0;
    this.values.delete(dataId);
    return true;
  }

  override numDataIds(): number {
    return this.values.size;
  }

  override memory(): { unreliable: boolean } {
    return { unreliable: true };
  }

  override timerAvailable(): boolean {
    return false;
  }

  override floatPrecision(): 16 | 32 {
    return 32;
  }

  override epsilon(): number {
    return super.epsilon();
  }

  override dispose(): void {
    for (const graph of this.compiled.values()) graph.dispose();
    this.compiled.clear();
    this.values.clear();
    this.recorded = [];
  }
}

/** The nodes that some live value depends on, in order. */
function needed(recorded: readonly RecordedNode[]): RecordedNode[] {
  const wanted = new Set<RecordedNode>();
  const kept: RecordedNode[] = [];
  for (let i = recorded.length - 1; i >= 0; i--) {
    const node = recorded[i] as RecordedNode;
    if (!wanted.has(node) && !node.outputs.some(({ refs }) => refs > 0)) continue;
    kept.push(node);
    for (const { value } of node.inputs) if (value.producer) wanted.add(value.producer);
  }
  return kept.reverse();
}

/** How a recording is run: what goes in, what comes out, and the key under which its compiled graph is kept. */
export interface Plan {
  readonly key: string;
  readonly feeds: readonly RecordedInput[];
  readonly feedIndex: ReadonlyMap<Value, number>;
  readonly results: readonly Value[];
}

function planOf(nodes: readonly RecordedNode[]): Plan {
  const feeds: RecordedInput[] = [];
  const feedIndex = new Map<Value, number>();
  const position = new Map<RecordedNode, number>();
  const results: Value[] = [];
  const parts: string[] = [];
  nodes.forEach((node, index) => {
    position.set(node, index);
    let text = node.name;
    for (const input of node.inputs) {
      const { producer } = input.value;
      if (producer) {
        text += ` ${position.get(producer)}.${input.value.output}[${input.shape}]`;
        continue;
      }
      let feed = feedIndex.get(input.value);
      if (feed === undefined) {
        feed = feeds.length;
        feeds.push(input);
        feedIndex.set(input.value, feed);
      }
      text += ` i${feed}${input.dtype}[${input.shape}]`;
    }
    text += JSON.stringify(node.attributes);
    for (const value of node.outputs) {
      if (value.refs > 0) {
        results.push(value);
        text += `>${value.output}`;
      }
    }
    parts.push(text);
  });
  return { key: parts.join('\n'), feeds, feedIndex, results };
}

function hostArray(values: BackendValues | null, dtype: DataType, size: number): HostArray {
  if (dtype === 'float32')
    return values instanceof Float32Array
      ? values
      : Float32Array.from((values ?? { length: size }) as ArrayLike<number>, Number);
  if (dtype === 'int32')
    return values instanceof Int32Array
      ? values
      : Int32Array.from((values ?? { length: size }) as ArrayLike<number>, Number);
  if (dtype === 'bool')
    return values instanceof Uint8Array
      ? values
      : Uint8Array.from((values ?? { length: size }) as ArrayLike<number>, Number);
  return values as unknown as HostArray;
}
