/**
 * ONNX Runtime's native sessions, called synchronously. The package's public API is asynchronous only in form (it calls
 * the same native functions from a timer), while TensorFlow.js must be able to read a value synchronously.
 */
import { createRequire } from 'node:module';
import type { DataType } from '@tensorflow/tfjs-core';
import { ElementType, encodeModel, type Model } from './model-proto.js';

export type HostArray = Float32Array | Int32Array | Uint8Array;

interface NativeTensor {
  readonly data: HostArray;
  readonly dims: readonly number[];
}
interface NativeSession {
  loadModel(buffer: ArrayBufferLike, offset: number, length: number, options: object): void;
  run(
    feeds: Record<string, NativeTensor>,
    fetches: Record<string, NativeTensor | null>,
    options: object,
  ): Record<string, NativeTensor>;
  dispose(): void;
  endProfiling(): void;
}

interface Runtime {
  readonly Tensor: new (type: string, data: HostArray, dims: readonly number[]) => NativeTensor;
  readonly InferenceSession: new () => NativeSession;
  readonly version: string;
}

let runtime: Runtime | undefined;

/** Loads the native library; throws when it cannot be loaded on this machine. */
export function loadRuntime(): Runtime {
  if (runtime) return runtime;
  const require = createRequire(import.meta.url);
  const { binding, initOrt } = require('onnxruntime-node/dist/binding.js');
  const { Tensor } = require('onnxruntime-common');
  const { version } = require('onnxruntime-node/package.json');
  initOrt();
  runtime = { Tensor, InferenceSession: binding.InferenceSession, version };
  return runtime;
}

/** A program that multiplies two matrices, without TensorFlow.js. */
export function trialProgram(): string {
  const value = { type: ElementType.float32, dims: [16, 16] };
  const model = encodeModel({
    nodes: [{ op: 'MatMul', inputs: ['i0', 'i0'], outputs: ['o0'], attributes: {} }],
    constants: [],
    inputs: [{ ...value, name: 'i0' }],
    outputs: [{ ...value, name: 'o0' }],
  });
  return `
    const load = require('node:module').createRequire(${JSON.stringify(import.meta.url)});
    const { binding, initOrt } = load('onnxruntime-node/dist/binding.js');
    const { Tensor } = load('onnxruntime-common');
    initOrt();
    const session = new binding.InferenceSession();
    const bytes = Uint8Array.from(Buffer.from('${Buffer.from(model).toString('base64')}', 'base64'));
    session.loadModel(bytes.buffer, 0, bytes.byteLength, {});
    session.run({ i0: new Tensor('float32', new Float32Array(256), [16, 16]) }, { o0: null }, {});`;
}

const tensorType = (dtype: DataType) => (dtype === 'bool' ? 'bool' : dtype);

export interface Feed {
  readonly array: HostArray;
  readonly dtype: DataType;
  readonly shape: readonly number[];
}

/** One compiled graph. Inputs are named i0, i1, …; outputs o0, o1, …. */
export class CompiledGraph {
  private readonly session: NativeSession;
  private readonly none: Record<string, null> = {};

  constructor(
    model: Model,
    private readonly outputs: number,
    threads: number,
    options: object = {},
  ) {
    const bytes = encodeModel(model);
    this.session = new (loadRuntime().InferenceSession)();
    this.session.loadModel(bytes.buffer, bytes.byteOffset, bytes.byteLength, {
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      graphOptimizationLevel: 'all',
      // A plan of the whole run reserves half as much memory again as the run needs, and is not faster.
      enableMemPattern: false,
      // Threads that spin for long would take the processor from the view workers. Those that sleep at once take 40 us to
      // wake, at every node: a step of ResNet-18 on two threads took 690 ms instead of 590, and more processor time.
      extra: {
        session: { intra_op: { allow_spinning: '1', spin_duration_us: '20' } },
        // A product with a bias in one node copies the bias to every row first, on one thread.
        optimization: { disable_specified_optimizers: 'MatMulAddFusion' },
      },
      ...options,
    });
    for (let i = 0; i < outputs; i++) this.none[`o${i}`] = null;
  }

  run(feeds: readonly Feed[]): HostArray[] {
    const { Tensor } = loadRuntime();
    const named: Record<string, NativeTensor> = {};
    feeds.forEach(({ array, dtype, shape }, i) => {
      named[`i${i}`] = new Tensor(tensorType(dtype), array, shape);
    });
    const results = this.session.run(named, this.none, {});
    return Array.from({ length: this.outputs }, (_, i) => (results[`o${i}`] as NativeTensor).data);
  }

  endProfiling(): void {
    this.session.endProfiling();
  }

  dispose(): void {
    this.session.dispose();
  }
}

let block: number | undefined;

/**
 * How many channels ONNX Runtime puts side by side in its blocked layout on this processor; 0 where it has none. It does
 * not say, so a picture of 16 channels and two pixels is rearranged, in which the second number shows it.
 */
export function channelBlock(): number {
  block ??= probeBlock();
  return block;
}

function probeBlock(): number {
  const dims = [1, 16, 1, 2];
  const node = { op: 'ReorderInput', domain: 'com.microsoft.nchwc', inputs: ['i0'], outputs: ['o0'], attributes: {} };
  const value = { type: ElementType.float32, dims };
  const model = {
    nodes: [node],
    constants: [],
    inputs: [{ ...value, name: 'i0' }],
    outputs: [{ ...value, name: 'o0' }],
  };
  try {
    const graph = new CompiledGraph(model, 1, 1, { logSeverityLevel: 4 });
    const numbers = Float32Array.from({ length: 32 }, (_, i) => i);
    const [found] = graph.run([{ array: numbers, dtype: 'float32', shape: dims }]) as [Float32Array];
    graph.dispose();
    // Pixel 1 of channel 0, the number 1, follows the first pixel of all channels of a block.
    const at = found.indexOf(1);
    return at === 8 || at === 16 ? at : 0;
  } catch {
    return 0;
  }
}
