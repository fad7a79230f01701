/** Builds one ONNX graph: nodes with common subexpressions shared, and constants kept once. */
import type { DataType } from '@tensorflow/tfjs-core';
import { type Attribute, type Constant, ElementType, type Model, type Node, type ValueInfo } from './model-proto.js';

/** ONNX element type of a TensorFlow.js data type. */
export function elementType(dtype: DataType): ElementType {
  if (dtype === 'float32') return ElementType.float32;
  if (dtype === 'int32') return ElementType.int32;
  if (dtype === 'bool') return ElementType.bool;
  throw new Error(`the onnxruntime engine cannot compute with ${dtype} tensors`);
}

export class GraphBuilder {
  private readonly nodes: Node[] = [];
  private readonly constants: Constant[] = [];
  private readonly inputs: ValueInfo[] = [];
  private readonly known = new Map<string, readonly string[]>();

  input(name: string, dtype: DataType, dims: readonly number[]): string {
    this.inputs.push({ name, type: elementType(dtype), dims });
    return name;
  }

  /** A node with one output. The same node is never added twice. */
  node(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    domain = '',
  ): string {
    return this.nodeOf(1, op, inputs, attributes, domain)[0] as string;
  }

  nodeOf(
    outputs: number,
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    domain = '',
  ): readonly string[] {
    const key = `${domain}.${op}(${inputs.join()})${JSON.stringify(attributes)}`;
    const known = this.known.get(key);
    if (known && known.length >= outputs) return known;
    const names = Array.from({ length: outputs }, (_, i) => `n${this.nodes.length}_${i}`);
    this.nodes.push({ op, domain, inputs, outputs: names, attributes });
    this.known.set(key, names);
    return names;
  }

  /** A constant of 64-bit integers: shapes, axes, pads. */
  integers(values: readonly number[], dims: readonly number[] = [values.length]): string {
    return this.constant(ElementType.int64, dims, BigInt64Array.from(values, BigInt));
  }

  /** A scalar of this type. */
  scalar(value: number, dtype: DataType = 'float32'): string {
    return this.fill(value, dtype, []);
  }

  /** A constant filled with one value. */
  fill(value: number, dtype: DataType, dims: readonly number[]): string {
    const size = dims.reduce((a, b) => a * b, 1);
    const type = elementType(dtype);
    const array =
      dtype === 'float32' ? new Float32Array(size) : dtype === 'int32' ? new Int32Array(size) : new Uint8Array(size);
    return this.constant(type, dims, array.fill(value));
  }

  constant(type: ElementType, dims: readonly number[], values: ArrayBufferView): string {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    const key = `constant ${type} [${dims}] ${bytes.length <= 64 ? bytes.join() : `#${this.constants.length}`}`;
    const known = this.known.get(key);
    if (known) return known[0] as string;
    const name = `c${this.constants.length}`;
    this.constants.push({ name, type, dims, bytes });
    this.known.set(key, [name]);
    return name;
  }

  /** The finished model. Outputs are given names of their own, so that an input may be an output too. */
  finish(
    outputs: readonly {
      readonly value: string;
      readonly name: string;
      readonly dtype: DataType;
      readonly dims: readonly number[];
    }[],
  ): Model {
    for (const { value, name } of outputs)
      this.nodes.push({ op: 'Identity', inputs: [value], outputs: [name], attributes: {} });
    return {
      nodes: this.nodes,
      constants: this.constants,
      inputs: this.inputs,
      outputs: outputs.map(({ name, dtype, dims }) => ({ name, type: elementType(dtype), dims })),
    };
  }
}
