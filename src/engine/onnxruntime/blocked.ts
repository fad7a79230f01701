/**
 * The blocked layout (NCHWc): 8 or 16 channels side by side, as wide as a vector register. ONNX Runtime's convolutions
 * take half the time in it. It is internal to ONNX Runtime, whose optimizer uses it for constant filters only; ours are
 * variables, so the nodes are made here.
 *
 * Batch norm, its gradient and residual sums are sums of pictures times numbers per channel. Such a sum is kept as a
 * `Blend` until it is needed, and then computed in one pass per picture: a 1x1 convolution with one filter per channel,
 * which adds a bias, another picture, and applies ReLU on the way.
 */

import type { GraphBuilder } from './graph.js';
import type { Lowered, Lowering, Operand } from './lowering.js';
import type { Attribute } from './model-proto.js';

export type Shape4 = readonly [batch: number, height: number, width: number, channels: number];

/**
 * The sum of pictures, each times a number per channel, plus a number per channel, and all of that times a number per
 * channel. Names of `[channels]` vectors.
 */
export interface Blend {
  readonly terms: readonly { readonly name: string; readonly scale?: string }[];
  readonly shift?: string;
  readonly factor?: string;
  /** NHWC. */
  readonly picture: Shape4;
}

const DOMAIN = 'com.microsoft.nchwc';

export const blendOf = (name: string, picture: Shape4): Blend => ({ terms: [{ name }], picture });
export const blocked = (name: string, picture: Shape4): Lowered => ({
  layout: 'blocked',
  blend: blendOf(name, picture),
});

export const blockedNode = (
  graph: GraphBuilder,
  op: string,
  inputs: readonly string[],
  attributes: Readonly<Record<string, Attribute>>,
) => graph.node(op, inputs, attributes, DOMAIN);

/** Whether pictures of so many channels can be blocked on this machine. */
export const canBlock = ({ block }: Lowering, channels: number) => block > 0 && channels % block === 0;

export function toBlocked(graph: Lowering, value: Exclude<Lowered, { layout: 'blocked' }>, shape: readonly number[]) {
  const picture = shape as unknown as Shape4;
  const [batch, height, width, channels] = picture;
  if (height * width === 1) return graph.reshape(value.name, [batch, channels, 1, 1]);
  const name = value.layout === 'plain' ? graph.reshape(value.name, picture) : value.name;
  return blockedNode(graph, 'ReorderInput', [name], { channels_last: value.layout === 'plain' ? 1 : 0 });
}

/** The picture as NHWC (`channelsLast`) or NCHW. */
export function fromBlocked(graph: Lowering, blend: Blend, channelsLast: boolean): string {
  const [batch, height, width, channels] = blend.picture;
  const name = settle(graph, blend);
  if (height * width === 1) return graph.reshape(name, channelsLast ? blend.picture : [batch, channels, 1, 1]);
  return blockedNode(graph, 'ReorderOutput', [name], { channels, channels_last: channelsLast ? 1 : 0 });
}

/** The sum without its factor, for a consumer that multiplies by it later. */
export const unscaled = (graph: GraphBuilder, { factor: _, ...blend }: Blend) => settle(graph, blend);

/** Computes the sum, and ReLU of it where asked. */
export function settle(graph: GraphBuilder, blend: Blend, relu = false): string {
  const { terms, shift, picture } = multiplied(graph, blend);
  const channels = picture[3];
  // What needs no factor is what the others are added to.
  const order = [...terms].sort((a, b) => Number(a.scale !== undefined) - Number(b.scale !== undefined));
  let sum: string | undefined;
  order.forEach(({ name, scale }, i) => {
    const last = i === order.length - 1;
    const bias = last ? shift : undefined;
    const rectify = last && relu;
    if (scale === undefined && bias === undefined && (sum === undefined || !rectify)) {
      sum = sum === undefined ? name : graph.pictureSum(sum, name);
      if (rectify) sum = graph.node('Relu', [sum]);
      return;
    }
    const filter = scale === undefined ? graph.fill(1, 'float32', [channels]) : scale;
    const inputs = [name, graph.reshape(filter, [channels, 1, 1, 1])];
    if (bias !== undefined || sum !== undefined) inputs.push(bias ?? graph.fill(0, 'float32', [channels]));
    if (sum !== undefined) inputs.push(sum);
    sum = blockedNode(graph, 'Conv', inputs, { ...POINTWISE, group: channels, ...(rectify && { activation: 'Relu' }) });
  });
  return sum as string;
}

export const POINTWISE = { kernel_shape: [1, 1], strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0] };

/** Beyond so many pictures a sum is computed before it grows on. */
const MOST_TERMS = 3;

/** Sum or difference of two pictures, or of a picture and a number per channel; undefined where this is not one. */
export function blendedSum(graph: Lowering, [a, b]: readonly Operand[], minus: boolean): Lowered | undefined {
  const [left, right] = [a, b].map((operand) => {
    const blend = blendIn(operand);
    return blend && multiplied(graph, blend);
  });
  if (left !== undefined && right !== undefined && a?.shape.join() === b?.shape.join()) {
    const other = minus ? negative(graph, right) : right;
    const shift = addVectors(graph, left.shift, other.shift);
    const whole = { terms: [...left.terms, ...other.terms], shift, picture: left.picture };
    return { layout: 'blocked', blend: whole.terms.length > MOST_TERMS ? settled(graph, whole) : whole };
  }
  const [blend, operand] = left !== undefined ? [left, b] : [right, a];
  const vector = blend && perChannel(graph, operand, blend);
  if (blend === undefined || vector === undefined) return undefined;
  if (!minus) return { layout: 'blocked', blend: { ...blend, shift: addVectors(graph, blend.shift, vector) } };
  if (left !== undefined)
    return {
      layout: 'blocked',
      blend: { ...blend, shift: addVectors(graph, blend.shift, graph.node('Neg', [vector])) },
    };
  const other = negative(graph, blend);
  return { layout: 'blocked', blend: { ...other, shift: addVectors(graph, other.shift, vector) } };
}

/** A picture times another, or times a number per channel; undefined where this is not one. */
export function blendedProduct(graph: Lowering, [a, b]: readonly Operand[]): Lowered | undefined {
  const [left, right] = [blendIn(a), blendIn(b)];
  if (left !== undefined && right !== undefined && a?.shape.join() === b?.shape.join()) {
    const factors = [settle(graph, left), settle(graph, right)] as const;
    for (const [from, step] of [factors, [factors[1], factors[0]] as const]) {
      const rectified = graph.steps.get(step);
      if (rectified !== undefined) return masked(graph, from, rectified, left.picture);
    }
    return product(graph, { factors }, left.picture);
  }
  const blend = left ?? right;
  const vector = blend && perChannel(graph, left === undefined ? a : b, blend);
  if (blend === undefined || vector === undefined) return undefined;
  return { layout: 'blocked', blend: scaled(graph, blend, vector) };
}

/** (picture - number per channel)^2. */
export function blendedSquare(graph: Lowering, operands: readonly Operand[]): Lowered | undefined {
  const difference = blendedSum(graph, operands, true);
  if (difference?.layout !== 'blocked') return undefined;
  const { blend } = difference;
  const name = settle(graph, blend);
  return product(graph, { factors: [name, name], squared: blend }, blend.picture);
}

/** A picture that is the product of two, or the square of one that may not be put together yet. */
export interface Product {
  readonly factors: readonly [string, string];
  readonly squared?: Blend;
}

function product(graph: Lowering, made: Product, picture: Shape4): Lowered {
  const name = graph.node('Mul', made.factors);
  graph.products.set(name, made);
  return blocked(name, picture);
}

export function blendedRelu(graph: Lowering, [x]: readonly Operand[]): Lowered | undefined {
  const blend = blendIn(x);
  if (blend === undefined) return undefined;
  const name = settle(graph, blend, true);
  graph.rectified.set(keyOf(blend), name);
  return blocked(name, blend.picture);
}

/**
 * 1 where the picture is above 0: where its ReLU is not 0; any normal number times the largest one is above 1. (Where the
 * picture is NaN this may not be NaN: what is multiplied by it is the gradient, which is NaN then anyway.)
 */
export function blendedStep(graph: Lowering, [x]: readonly Operand[]): Lowered | undefined {
  const blend = blendIn(x);
  const rectified = blend && graph.rectified.get(keyOf(blend));
  if (blend === undefined || rectified === undefined) return undefined;
  const name = step(graph, rectified);
  graph.steps.set(name, rectified);
  return blocked(name, blend.picture);
}

// One pass on all threads; two casts, to truth values and back, are two on one thread.
const step = (graph: GraphBuilder, rectified: string) =>
  graph.node('HardSigmoid', [rectified], { alpha: { float: 3.4e38 }, beta: { float: 0 } });

/** `from` where the rectified picture is above 0, and its sum over pictures and pixels, as the gradient of ReLU is needed. */
function masked(graph: Lowering, from: string, rectified: string, picture: Shape4): Lowered {
  const [batch, height, width, channels] = picture;
  const pictures = divisor(batch, (graph.threads * CACHED) / (2 * 4 * height * width * channels));
  const slice = [pictures, channels, height, width];
  const { sum, each } = graph.inTurns(
    batch / pictures,
    [from, rectified],
    [slice, slice],
    [1, channels],
    (body, names) => {
      const [from, rectified] = names as [string, string];
      const made = body.node('Mul', [from, step(body, rectified)]);
      const means = body.reshape(blockedNode(body, 'GlobalAveragePool', [made], {}), [pictures, channels]);
      return { each: made, sum: body.node('MatMul', [body.fill(1 / batch, 'float32', [1, pictures]), means]) };
    },
  );
  const name = graph.reshape(each as string, [batch, channels, height, width]);
  graph.means.set(name, graph.reshape(sum, [channels]));
  return blocked(name, picture);
}

/**
 * Mean of a blocked picture over pixels (`[batch, channels]`), or over pictures too (`[channels]`); undefined for other
 * axes. `shape` is how the value is seen: NHWC, or rows of channels.
 */
export function blockedMean(graph: Lowering, x: Operand, axes: readonly number[]): string | undefined {
  const blend = blendIn(x);
  if (blend === undefined) return undefined;
  const [batch, height, width, channels] = blend.picture;
  const all =
    axes.join() ===
    x.shape
      .map((_, i) => i)
      .slice(0, -1)
      .join();
  const pixels = x.shape.length === 4 && axes.join() === '1,2';
  if (!all && !pixels) return undefined;
  const name = settle(graph, blend);
  const mean = graph.means.get(name);
  if (mean !== undefined && !pixels) return mean;
  const made = graph.products.get(name);
  if (made?.squared !== undefined && !pixels) return meanSquare(graph, made.squared);
  const means = graph.reshape(
    made === undefined
      ? blockedNode(graph, 'GlobalAveragePool', [name], {})
      : graph.node('Mul', [dots(graph, made.factors, blend.picture), graph.scalar(1 / (height * width))]),
    [batch, channels],
  );
  if (pixels) return means;
  return graph.reshape(graph.node('MatMul', [graph.fill(1 / batch, 'float32', [1, batch]), means]), [channels]);
}

/**
 * The sum of a product of pictures over the pixels of each picture and channel, read off both factors by a convolution of
 * every channel of every picture with a filter as large as itself. The product is never written: 2 ms instead of 11 for
 * 512 pictures of 28x28x32.
 */
function dots(graph: GraphBuilder, [a, b]: readonly string[], [batch, height, width, channels]: Shape4): string {
  const count = batch * channels;
  const inputs = [
    graph.reshape(a as string, [1, count, height, width]),
    graph.reshape(b as string, [count, 1, height, width]),
  ];
  return blockedNode(graph, 'Conv', inputs, { ...POINTWISE, kernel_shape: [height, width], group: count });
}

/**
 * The mean square of each channel, as of a picture less its means: what is squared is put together in the cache, a few
 * pictures at a time, and never written (6 ms instead of 14 for 512 pictures of 28x28x32).
 */
function meanSquare(graph: Lowering, squared: Blend): string {
  const { terms, shift, picture } = multiplied(graph, squared);
  const [batch, height, width, channels] = picture;
  const pictures = divisor(batch, (graph.threads * CACHED) / (4 * height * width * channels));
  const slice: Shape4 = [pictures, height, width, channels];
  const dims = [1, channels];
  const sum = graph.sumOver(
    batch / pictures,
    terms.map(({ name }) => name),
    terms.map(() => [pictures, channels, height, width]),
    dims,
    (body, names) => {
      const own = terms.map(({ scale }, i) => ({ name: names[i] as string, scale }));
      const name = settle(body, { terms: own, shift, picture: slice });
      const rows = body.reshape(dots(body, [name, name], slice), [pictures, channels]);
      return body.node('MatMul', [body.fill(1, 'float32', [1, pictures]), rows]);
    },
  );
  return graph.reshape(graph.node('Mul', [sum, graph.scalar(1 / (batch * height * width))]), [channels]);
}

/** Bytes that a turn of a loop should work on, to find them in the second-level cache of a core. */
export const CACHED = 2.2e6;

/** The largest divisor of `count` that is at most `most`, at least 1. */
export function divisor(count: number, most: number): number {
  let size = Math.max(1, Math.min(count, Math.floor(most)));
  while (count % size !== 0) size--;
  return size;
}

function blendIn(operand: Operand | undefined): Blend | undefined {
  return operand?.value.layout === 'blocked' ? operand.value.blend : undefined;
}

/** An operand that is one number per channel, as `[channels]`. */
function perChannel(graph: Lowering, operand: Operand | undefined, { picture }: Blend): string | undefined {
  if (operand === undefined || operand.value.layout === 'blocked') return undefined;
  const { shape } = operand;
  const size = shape.reduce((a, b) => a * b, 1);
  if (size !== picture[3] || shape.at(-1) !== size) return undefined;
  return graph.reshape(graph.plain(operand), [size]);
}

const negative = (graph: Lowering, blend: Blend) =>
  multiplied(graph, { ...blend, factor: graph.fill(-1, 'float32', [blend.picture[3]]) });

/** A sum keeps the factor apart: a consumer that can do without it saves the pass that its first term would take. */
function scaled(graph: Lowering, blend: Blend, vector: string): Blend {
  const factor = blend.factor === undefined ? vector : graph.node('Mul', [blend.factor, vector]);
  return blend.terms.length > 1 ? { ...blend, factor } : multiplied(graph, { ...blend, factor });
}

/** The same with the factor in each of its terms. */
function multiplied(graph: GraphBuilder, { terms, shift, factor, picture }: Blend): Omit<Blend, 'factor'> {
  if (factor === undefined) return { terms, shift, picture };
  const times = (scale: string | undefined) => (scale === undefined ? factor : graph.node('Mul', [scale, factor]));
  return {
    terms: terms.map(({ name, scale }) => ({ name, scale: times(scale) })),
    shift: shift && times(shift),
    picture,
  };
}

const settled = (graph: Lowering, blend: Blend): Blend => blendOf(settle(graph, blend), blend.picture);

function addVectors(graph: Lowering, a: string | undefined, b: string | undefined): string | undefined {
  return a === undefined || b === undefined ? (a ?? b) : graph.node('Add', [a, b]);
}

const keyOf = ({ terms, shift, factor }: Blend) => JSON.stringify([terms, shift, factor]);

/** Whether a value seen with another shape is still rows of the same channels. */
export const keepsChannels = ({ picture }: Blend, shape: readonly number[]) => shape.at(-1) === picture[3];
