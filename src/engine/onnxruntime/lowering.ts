/**
 * Lowering: from recorded TensorFlow.js kernels to ONNX nodes. TensorFlow.js pictures are NHWC; ONNX convolutions want
 * NCHW, and ONNX Runtime's fastest ones channels in blocks (see blocked.ts). A lowered picture remembers its layout;
 * whatever consumes it asks for the one it can work in, so that a chain of convolutions, batch norms and activations is
 * rearranged only at its ends.
 */
import type { DataType } from '@tensorflow/tfjs-core';
import { type Blend, blendOf, fromBlocked, type Product, settle, toBlocked, unscaled } from './blocked.js';
import { GraphBuilder } from './graph.js';

/** Shape and type of a value, as TensorFlow.js sees it. */
export interface Info {
  readonly shape: readonly number[];
  readonly dtype: DataType;
}

export type Layout = 'plain' | 'nchw' | 'blocked';

/** A value in the graph: `name` holds it in this physical layout. */
export type Lowered =
  | { readonly name: string; readonly layout: 'plain' | 'nchw' }
  /** A blocked picture that may still have to be put together. */
  | { readonly layout: 'blocked'; readonly blend: Blend };

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

export const plain = (name: string) => ({ name, layout: 'plain' }) as const;
export const nchw = (name: string) => ({ name, layout: 'nchw' }) as const;

const TO_NCHW = [0, 3, 1, 2];
const TO_NHWC = [0, 2, 3, 1];

export class Lowering extends GraphBuilder {
  /** What ReLU made of a blocked picture, by the key of the picture: its sign is the sign of the picture. */
  readonly rectified = new Map<string, string>();
  /** Blocked pictures that are products: their sums need not have them written. */
  readonly products = new Map<string, Product>();
  /** Of pictures of ones and zeros, those whose sign they are. */
  readonly steps = new Map<string, string>();
  /** Means per channel of blocked pictures. */
  readonly means = new Map<string, string>();

  /**
   * @param block Channels that lie side by side in the blocked layout; 0 where this machine has none.
   * @param threads That will compute the graph.
   */
  constructor(
    readonly block: number = 0,
    readonly threads = 1,
  ) {
    super();
  }

  /** The operand in the order of its shape. */
  plain({ value, shape }: Operand): string {
    if (value.layout === 'plain') return value.name;
    if (value.layout === 'blocked') return this.reshape(fromBlocked(this, value.blend, true), shape);
    return isTrivial(shape) ? this.reshape(value.name, shape) : this.node('Transpose', [value.name], { perm: TO_NHWC });
  }

  /** A rank-4 operand as NCHW. */
  nchw({ value, shape }: Operand): string {
    if (value.layout === 'nchw') return value.name;
    if (value.layout === 'blocked') return fromBlocked(this, value.blend, false);
    if (isTrivial(shape)) return this.reshape(value.name, permute(shape, TO_NCHW));
    return this.node('Transpose', [value.name], { perm: TO_NCHW });
  }

  /** A picture in the blocked layout, put together. `shape` is NHWC. */
  blocked({ value, shape }: Operand): string {
    return value.layout === 'blocked' ? settle(this, value.blend) : toBlocked(this, value, shape);
  }

  /** A picture in the blocked layout but for a factor per channel, `[channels]`, that it may still have to be multiplied by. */
  factored(operand: Operand): { name: string; factor?: string } {
    const { value } = operand;
    if (value.layout !== 'blocked') return { name: this.blocked(operand) };
    return { name: unscaled(this, value.blend), factor: value.blend.factor };
  }

  /** The same operand outside of the blocked layout. */
  unblocked(operand: Operand): Operand & { value: { name: string; layout: 'plain' | 'nchw' } } {
    const { value } = operand;
    return { ...operand, value: value.layout === 'blocked' ? plain(this.plain(operand)) : value };
  }

  /**
   * Operands of an elementwise kernel in one common layout, broadcastable as ONNX does it. The layout of a full-size
   * picture is kept; small operands (per channel, scalars) are reshaped to fit.
   */
  aligned(inputs: readonly Operand[], output: Info): { names: string[]; wrap(name: string): Lowered } {
    const picture = inputs.find(({ value, shape }) => value.layout === 'blocked' && sameShape(shape, output.shape));
    const floats = [output, ...inputs].every(({ dtype }) => dtype === 'float32');
    if (picture?.value.layout === 'blocked' && floats && inputs.every(({ shape }) => fits(shape, output.shape))) {
      const { blend } = picture.value;
      const names = inputs.map((input) =>
        sizeOf(input.shape) === 1
          ? this.reshape(this.plain(input), [])
          : this.blocked({ ...input, shape: blend.picture }),
      );
      return { names, wrap: (name) => ({ layout: 'blocked', blend: blendOf(name, blend.picture) }) };
    }
    const keep =
      output.shape.length === 4 && inputs.some(({ value, shape }) => value.layout === 'nchw' && shape.length === 4);
    if (!keep) return { names: inputs.map((input) => this.plain(input)), wrap: plain };
    const names = inputs.map((input) => {
      const { shape } = input;
      if (shape.length === 4) return this.nchw(input);
      if (sizeOf(shape) === 1) return this.reshape(this.plain(input), []);
      const padded = [...Array(4 - shape.length).fill(1), ...shape] as number[];
      return this.nchw({ dtype: input.dtype, shape: padded, value: plain(this.reshape(this.plain(input), padded)) });
    });
    return { names, wrap: nchw };
  }
}

export const sameShape = (a: readonly number[], b: readonly number[]) =>
  a.length === b.length && a.every((size, i) => size === b[i]);

/** Whether an operand can be used as it is beside a picture: as large, or a scalar. */
const fits = (shape: readonly number[], output: readonly number[]) => sameShape(shape, output) || sizeOf(shape) === 1;

/** Axis of an NHWC shape in NCHW. */
export const nchwAxis = (axis: number): number => [0, 2, 3, 1][axis] as number;

export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

export const permute = (shape: readonly number[], order: readonly number[]): number[] =>
  order.map((axis) => shape[axis] as number);

/** True when NHWC and NCHW hold the same bytes: one channel, or one pixel. */
function isTrivial([, height, width, channels]: readonly number[]): boolean {
  return channels === 1 || (height === 1 && width === 1);
}
