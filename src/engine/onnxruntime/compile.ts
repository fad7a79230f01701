/** From a recording to an ONNX model. */
import { keepsChannels } from './blocked.js';
import { type Lowered, Lowering, type Operand, plain, sameShape } from './lowering.js';
import type { Model } from './model-proto.js';
import type { Plan, RecordedInput, RecordedNode, Value } from './recording.js';

/** @param block Channels of a block in the blocked layout, 0 where there is none. */
export function compile(nodes: readonly RecordedNode[], plan: Plan, block = 0, threads = 1): Model {
  const graph = new Lowering(block, threads);
  const lowered = new Map<Value, { value: Lowered; shape: readonly number[] }>();
  for (const [i, { value, shape, dtype }] of plan.feeds.entries()) {
    lowered.set(value, { value: plain(graph.input(`i${i}`, dtype, shape)), shape });
  }
  const operand = ({ value, shape, dtype }: RecordedInput): Operand => {
    const known = lowered.get(value);
    if (known === undefined) throw new Error('a recorded kernel uses a value that nothing computes');
    if (sameShape(known.shape, shape)) return { shape, dtype, value: known.value };
    // The tensor was reshaped on the way here.
    if (known.value.layout === 'blocked' && keepsChannels(known.value.blend, shape))
      return { shape, dtype, value: known.value };
    const flat = graph.plain({ shape: known.shape, dtype, value: known.value });
    return { shape, dtype, value: plain(graph.reshape(flat, shape)) };
  };
  for (const { kernel, inputs, attributes, outputs, infos } of nodes) {
    const made = kernel.lower(graph, inputs.map(operand), attributes, infos);
    const results = (Array.isArray(made) ? made : [made]) as Lowered[];
    outputs.forEach((value, i) => {
      lowered.set(value, { value: results[i] as Lowered, shape: infos[i]?.shape ?? [] });
    });
  }
  return graph.finish(
    plan.results.map((value, i) => {
      const { value: made, shape } = lowered.get(value) as { value: Lowered; shape: readonly number[] };
      return {
        value: graph.plain({ shape, dtype: value.dtype, value: made }),
        name: `o${i}`,
        dtype: value.dtype,
        dims: shape,
      };
    }),
  );
}
