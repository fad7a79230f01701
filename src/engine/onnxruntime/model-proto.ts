/**
 * Writes an ONNX model as protocol buffer bytes. Only what the graph builder needs of
 * onnx.proto: ModelProto, GraphProto, NodeProto, AttributeProto, TensorProto and value infos; field numbers are onnx.proto's.
 */
import { PbfWriter } from 'pbf';

/** Element types, by their number in TensorProto.DataType. */
export const ElementType = { float32: 1, uint8: 2, int32: 6, int64: 7, bool: 9 } as const;
export type ElementType = (typeof ElementType)[keyof typeof ElementType];

/** Integer attributes are numbers, float attributes `{ float }` or `{ floats }`, strings strings, lists arrays of integers. */
export type Attribute =
  | number
  | string
  | readonly number[]
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  /** A graph that the node runs, as of a loop; it sees the names of the graph around it. */
  | { readonly graph: Model };

export interface Node {
  readonly op: string;
  readonly domain?: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

export interface Constant {
  readonly name: string;
  readonly type: ElementType;
  readonly dims: readonly number[];
  readonly bytes: Uint8Array;
}

export interface ValueInfo {
  readonly name: string;
  readonly type: ElementType;
  readonly dims: readonly number[];
}

export interface Model {
  readonly nodes: readonly Node[];
  readonly constants: readonly Constant[];
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
}

const IR_VERSION = 9;
const OPSET = 18;

export function encodeModel(model: Model): Uint8Array {
  const pbf = new PbfWriter();
  pbf.writeVarintField(1, IR_VERSION);
  pbf.writeStringField(2, 'autodidact');
  pbf.writeMessage(7, writeGraph, model);
  pbf.writeMessage(8, writeOpset, { domain: '', version: OPSET });
  pbf.writeMessage(8, writeOpset, { domain: 'com.microsoft', version: 1 });
  pbf.writeMessage(8, writeOpset, { domain: 'com.microsoft.nchwc', version: 1 });
  return pbf.finish();
}

function writeOpset({ domain, version }: { domain: string; version: number }, pbf: PbfWriter): void {
  pbf.writeStringField(1, domain);
  pbf.writeVarintField(2, version);
}

function writeGraph(model: Model, pbf: PbfWriter): void {
  for (const node of model.nodes) pbf.writeMessage(1, writeNode, node);
  pbf.writeStringField(2, 'step');
  for (const constant of model.constants) pbf.writeMessage(5, writeTensor, constant);
  for (const input of model.inputs) pbf.writeMessage(11, writeValueInfo, input);
  for (const output of model.outputs) pbf.writeMessage(12, writeValueInfo, output);
}

function writeNode(node: Node, pbf: PbfWriter): void {
  for (const name of node.inputs) pbf.writeStringField(1, name);
  for (const name of node.outputs) pbf.writeStringField(2, name);
  pbf.writeStringField(3, node.outputs[0] ?? '');
  pbf.writeStringField(4, node.op);
  for (const [name, value] of Object.entries(node.attributes)) pbf.writeMessage(5, writeAttribute, { name, value });
  if (node.domain) pbf.writeStringField(7, node.domain);
}

function writeAttribute({ name, value }: { name: string; value: Attribute }, pbf: PbfWriter): void {
  pbf.writeStringField(1, name);
  if (typeof value === 'number') {
    pbf.writeVarintField(3, value);
    pbf.writeVarintField(20, 2);
  } else if (typeof value === 'string') {
    pbf.writeBytesField(4, new TextEncoder().encode(value));
    pbf.writeVarintField(20, 3);
  } else if ('float' in value) {
    pbf.writeFloatField(2, value.float);
    pbf.writeVarintField(20, 1);
  } else if ('graph' in value) {
    pbf.writeMessage(6, writeGraph, value.graph);
    pbf.writeVarintField(20, 5);
  } else if ('floats' in value) {
    for (const float of value.floats) pbf.writeFloatField(7, float);
    pbf.writeVarintField(20, 6);
  } else {
    for (const integer of value) pbf.writeVarintField(8, integer);
    pbf.writeVarintField(20, 7);
  }
}

function writeTensor({ name, type, dims, bytes }: Constant, pbf: PbfWriter): void {
  for (const dim of dims) pbf.writeVarintField(1, dim);
  pbf.writeVarintField(2, type);
  pbf.writeStringField(8, name);
  pbf.writeBytesField(9, bytes);
}

function writeValueInfo({ name, type, dims }: ValueInfo, pbf: PbfWriter): void {
  pbf.writeStringField(1, name);
  pbf.writeMessage(2, writeType, { type, dims });
}

function writeType(info: { type: number; dims: readonly number[] }, pbf: PbfWriter): void {
  pbf.writeMessage(1, writeTensorType, info);
}

function writeTensorType({ type, dims }: { type: number; dims: readonly number[] }, pbf: PbfWriter): void {
  pbf.writeVarintField(1, type);
  pbf.writeMessage(2, writeShape, dims);
}

function writeShape(dims: readonly number[], pbf: PbfWriter): void {
  for (const dim of dims) pbf.writeMessage(1, writeDimension, dim);
}

function writeDimension(dim: number, pbf: PbfWriter): void {
  pbf.writeVarintField(1, dim);
}
