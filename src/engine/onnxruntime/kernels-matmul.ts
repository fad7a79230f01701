/** Matrix products. */
import { backend_util, util } from '@tensorflow/tfjs-core';
import type { GraphBuilder } from './graph.js';
import { cast } from './kernels-elementwise.js';
import { type Info, type Kernel, type Operand, plain } from './lowering.js';

const swapped = (shape: readonly number[], transpose: boolean): number[] => {
  const out = [...shape];
  if (transpose) out.push(...(out.splice(-2).reverse() as [number, number]));
  return out;
};

/** a · b for the last two axes, either transposed; the transposition is folded into the product. */
export function matMul(graph: GraphBuilder, a: string, b: string, transposeA: boolean, transposeB: boolean): string {
  if (!transposeA && !transposeB) return graph.node('MatMul', [a, b]);
  return graph.node('FusedMatMul', [a, b], { transA: transposeA ? 1 : 0, transB: transposeB ? 1 : 0 }, 'com.microsoft');
}

const isNarrower = (a: Info, b: Info) => (a.shape[1] as number) < (b.shape[1] as number);

export const matmulKernels: Readonly<Record<string, Kernel>> = {
  BatchMatMul: {
    inputs: ['a', 'b'],
    infer: ([a, b], { transposeA, transposeB }) => {
      const left = swapped((a as Info).shape, transposeA);
      const right = swapped((b as Info).shape, transposeB);
      util.assert(
        left.length >= 2 && right.length >= 2,
        () => `matMul needs matrices, got shapes [${left}] and [${right}]`,
      );
      util.assert(
        left.at(-1) === right.at(-2),
        () => `matMul: inner sizes ${left.at(-1)} and ${right.at(-2)} differ (shapes [${left}] and [${right}])`,
      );
      const rank = Math.max(left.length, right.length);
      backend_util.assertAndGetBroadcastShape(left.slice(0, -2), right.slice(0, -2));
      const batch = Array.from({ length: rank - 2 }, (_, i) =>
        Math.max(left[left.length - rank + i] ?? 1, right[right.length - rank + i] ?? 1),
      );
      return { shape: [...batch, left.at(-2) as number, right.at(-1) as number], dtype: (a as Info).dtype };
    },
    lower: (graph, [a, b], { transposeA, transposeB }) => {
      const [left, right] = [a as Operand, b as Operand];
      if (left.dtype === 'float32') {
        const [p, q] = [graph.plain(left), graph.plain(right)];
        // What is transposed on the way is better the larger one: 4.4 instead of 5.5 ms for [4096, 128]^T · [4096, 512].
        if (transposeA && !transposeB && left.shape.length === 2 && right.shape.length === 2 && isNarrower(left, right))
          return plain(graph.node('Transpose', [matMul(graph, q, p, true, false)], { perm: [1, 0] }));
        return plain(matMul(graph, p, q, transposeA, transposeB));
      }
      const [x, y] = [cast(graph, graph.plain(left), 'float32'), cast(graph, graph.plain(right), 'float32')];
      return plain(cast(graph, matMul(graph, x, y, transposeA, transposeB), left.dtype));
    },
  },
};
