/** A recording: kernel calls that were not computed yet, the values they make, and how they are run together. */
import type { DataType } from '@tensorflow/tfjs-core';
import type { Info, Kernel } from './lowering.js';
import type { HostArray } from './session.js';

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

/** The nodes that some live value depends on, in order. */
export function needed(recorded: readonly RecordedNode[]): RecordedNode[] {
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

export function planOf(nodes: readonly RecordedNode[]): Plan {
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
