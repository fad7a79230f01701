/**
 * Lowering: from recorded TensorFlow.js kernels to ONNX nodes. TensorFlow.js pictures are NHWC, ONNX convolutions want
 * NCHW. A lowered rank-4 value remembers which of the two it is; whatever consumes it asks for the layout it can work in,
 * so that a chain of convolutions, batch norms and activations stays NCHW and is transposed only at its ends.
 */
import type { DataType } from '@tensorflow/tfjs-core';
import { GraphBuilder } from './graph.js';

/** Shape and type of a value, as TensorFlow.js sees it. */
export interface Info {
  readonly shape: readonly number[];
  readonly dtype: DataType;
}

export type Layout = 'plain' | 'nchw';

/** A value in the graph: `name` holds it in this physical layout. */
export interface Lowered {
  readonly name: string;
  readonly layout: Layout;
}

/** An input of a kernel under lowering. */
export interface Operand extends Info {
  readonly value: Lowered;
}

// biome-ignore lint/suspicious/noExplicitAny: attributes differ from kernel to kernel
export type Attributes = any;

/** How one TensorFlow.js kernel is computed here. */
export interface Kernel {
  /** Names of its inputs in order; without it the inputs are a list. */
  readonly inputs?: readonly string[];
  /** Shapes and types of its results; called while recording, so it must be quick. */
  infer(inputs: readonly Info[], attributes: Attributes): Info | readonly Info[];
  /** Whether this call can be lowered; the reference kernel computes it otherwise. Default: always. */
  supports?(inputs: readonly Info[], attributes: Attributes): boolean;
  /** Adds its nodes; called once per compiled graph. */
  lower(
    graph: Lowering,
    inputs: readonly Operand[],
    attributes: Attributes,
    outputs: readonly Info[],
  ): Lowered | readonly Lowered[];
}

export const plain = (name: string): Lowered => ({ name, layout: 'plain' });
export const nchw = (name: string): Lowered => ({ name, layout: 'nchw' });

const TO_NCHW = [0, 3, 1, 2];
const TO_NHWC = [0, 2, 3, 1];

export class Lowering extends GraphBuilder {
  /** The operand in the order of its shape. */
  plain({ value, shape }: Operand): string {
    if (value.layout === 'plain') return value.name;
    return isTrivial(shape) ? this.reshape(value.name, shape) : this.node('Transpose', [value.name], { perm: TO_NHWC });
  }

  /** A rank-4 operand as NCHW. */
  nchw({ value, shape }: Operand): string {
    if (value.layout === 'nchw') return value.name;
    if (isTrivial(shape)) return this.reshape(value.name, permute(shape, TO_NCHW));
    return this.node('Transpose', [value.name], { perm: TO_NCHW });
  }

  reshape(name: string, shape: readonly number[]): string {
    return this.node('Reshape', [name, this.integers(shape)], { allowzero: 1 });
  }

  /**
   * Operands of an elementwise kernel in one common layout, broadcastable as ONNX does it. NCHW is kept if a full-size
   * operand is in NCHW; small operands (per channel, scalars) are reshaped to fit.
   */
  aligned(inputs: readonly Operand[], output: Info): { names: string[]; layout: Layout } {
    const keep =
      output.shape.length === 4 && inputs.some(({ value, shape }) => value.layout === 'nchw' && shape.length === 4);
    if (!keep) return { names: inputs.map((input) => this.plain(input)), layout: 'plain' };
    const names = inputs.map((input) => {
      const { shape } = input;
      if (shape.length === 4) return this.nchw(input);
      if (sizeOf(shape) === 1) return this.reshape(this.plain(input), []);
      const padded = [...Array(4 - shape.length).fill(1), ...shape] as number[];
      return this.nchw({ dtype: input.dtype, shape: padded, value: plain(this.reshape(this.plain(input), padded)) });
    });
    return { names, layout: 'nchw' };
  }
}

/** Axis of an NHWC shape in NCHW. */
export const nchwAxis = (axis: number): number => [0, 2, 3, 1][axis] as number;

export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

export const permute = (shape: readonly number[], order: readonly number[]): number[] =>
  order.map((axis) => shape[axis] as number);

/** True when NHWC and NCHW hold the same bytes: one channel, or one pixel. */
function isTrivial([, height, width, channels]: readonly number[]): boolean {
  return channels === 1 || (height === 1 && width === 1);
}
