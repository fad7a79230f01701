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
  private readonly pictureSums = new Set<string>();
  private loops = 0;

  /** @param prefix Of all names: a loop's body must not use those of the graph around it. */
  constructor(private readonly prefix = '') {}

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
    const names = this.add(outputs, op, inputs, attributes, domain);
    this.known.set(key, names);
    return names;
  }

  private add(
    outputs: number,
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>>,
    domain = '',
  ): readonly string[] {
    const names = Array.from({ length: outputs }, (_, i) => `${this.prefix}n${this.nodes.length}_${i}`);
    this.nodes.push({ op, domain, inputs, outputs: names, attributes });
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
    const name = `${this.prefix}c${this.constants.length}`;
    this.constants.push({ name, type, dims, bytes });
    this.known.set(key, [name]);
    return name;
  }

  /** The sum of two blocked pictures. */
  pictureSum(a: string, b: string): string {
    const name = this.node('Add', [a, b]);
    this.pictureSums.add(name);
    return name;
  }

  reshape(name: string, shape: readonly number[]): string {
    return this.node('Reshape', [name, this.integers(shape)], { allowzero: 1 });
  }

  /**
   * The sum of what `body` makes of the first, second … of as many slices of each input. Slices, of these shapes, are read
   * where they lie, and what is computed from them can stay in the processor's cache.
   */
  sumOver(
    turns: number,
    inputs: readonly string[],
    slices: readonly (readonly number[])[],
    dims: readonly number[],
    body: (graph: GraphBuilder, slices: readonly string[]) => string,
  ): string {
    return this.inTurns(turns, inputs, slices, dims, (graph, own) => ({ sum: body(graph, own) })).sum;
  }

  /** The same, and what `body` makes of each slice besides, of the shape of the first one: all of them in their order. */
  inTurns(
    turns: number,
    inputs: readonly string[],
    slices: readonly (readonly number[])[],
    dims: readonly number[],
    body: (graph: GraphBuilder, slices: readonly string[]) => { readonly sum: string; readonly each?: string },
  ): { sum: string; each?: string } {
    const sliced = inputs.map((name, i) => this.reshape(name, [...(turns > 1 ? [turns] : []), ...(slices[i] ?? [])]));
    if (turns === 1) return body(this, sliced);
    const graph = new GraphBuilder(`${this.prefix}l${this.loops++}_`);
    const name = (kind: string) => `${graph.prefix}${kind}`;
    const before = graph.input(name('before'), 'float32', dims);
    const own = slices.map((shape, i) => graph.input(name(`i${i}`), 'float32', shape));
    const { sum, each } = body(graph, own);
    const results = [{ value: graph.node('Add', [before, sum]), name: name('after'), dtype: 'float32', dims } as const];
    if (each !== undefined) results.push({ value: each, name: each, dtype: 'float32', dims: slices[0] ?? [] } as const);
    const turn = graph.finish(results);
    const start = this.node('Expand', [this.scalar(0), this.integers(dims)]);
    const attributes = { body: { graph: turn }, num_scan_inputs: inputs.length };
    const [total, all] = this.add(results.length, 'Scan', [start, ...sliced], attributes);
    return { sum: total as string, each: all };
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
    // What is to have the name that it has needs no copy of itself.
    for (const { value, name } of outputs)
      if (value !== name) this.nodes.push({ op: 'Identity', inputs: [value], outputs: [name], attributes: {} });
    // Left out is what a better way was found for after it had been added.
    const used = new Set(outputs.map(({ name }) => name));
    const nodes: Node[] = [];
    for (const node of this.nodes.reverse()) {
      if (!node.outputs.some((name) => used.has(name))) continue;
      nodes.push(node);
      for (const name of namesIn(node)) used.add(name);
    }
    return {
      nodes: this.withSumsAbsorbed(nodes.reverse()),
      constants: this.constants.filter(({ name }) => used.has(name)),
      inputs: this.inputs,
      outputs: outputs.map(({ name, dtype, dims }) => ({ name, type: elementType(dtype), dims })),
    };
  }

  /** A convolution of which only the sum with another picture is used adds that picture on its way. */
  private withSumsAbsorbed(nodes: readonly Node[]): Node[] {
    const makers = new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
    const uses = new Map<string, number>();
    for (const name of nodes.flatMap(namesIn)) uses.set(name, (uses.get(name) ?? 0) + 1);
    const absorbed = new Set<Node>();
    const changed = nodes.map((node) => {
      if (!node.outputs.some((name) => this.pictureSums.has(name))) return node;
      const at = node.inputs.findIndex((name) => {
        const maker = makers.get(name);
        return maker?.op === 'Conv' && maker.inputs.length === 2 && uses.get(name) === 1;
      });
      const conv = makers.get(node.inputs[at] as string);
      if (conv === undefined) return node;
      absorbed.add(conv);
      const inputs = [...conv.inputs, '', node.inputs[1 - at] as string];
      return { ...conv, inputs, outputs: node.outputs };
    });
    return changed.filter((_, i) => !absorbed.has(nodes[i] as Node));
  }
}

/** All names that a node, or a graph that it runs, takes something from. */
const namesIn = ({ inputs, attributes }: Node): readonly string[] => [
  ...inputs,
  ...Object.values(attributes).flatMap((value) =>
    typeof value === 'object' && 'graph' in value ? value.graph.nodes.flatMap(namesIn) : [],
  ),
];
