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
import { needed, planOf, type RecordedNode, Value } from './recording.js';
import { CompiledGraph, channelBlock, type HostArray } from './session.js';

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
