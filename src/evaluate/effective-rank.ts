import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { z } from 'zod';
import type { EvaluationContext } from '../experiment/contracts.js';
import { definePart } from '../experiment/part.js';

export const effectiveRank = definePart({
  kind: 'evaluation',
  use: 'effectiveRank',
  doc: [
    'How many dimensions the features of the test pictures use: exp(entropy of the normalized singular values), from 1',
    '(all on one line) to the number of features. Falls when features collapse into a subspace, which the deviation does',
    'not show. Garrido et al., "RankMe" (ICML 2023); wants ten times as many pictures as features.',
  ].join('\n'),
  options: z.object({}),
  create: () => ({
    when: 'epoch' as const,
    needsLabels: false,
    metrics: ({ features }: { features: number }) => ({
      rank: { title: 'Effective rank', best: features, better: 'higher' as const },
    }),
    run: async (context: EvaluationContext) => {
      const { features } = await context.features('test');
      return { rank: rankMe((await features.data()) as Float32Array, features.shape[1]) };
    },
  }),
});

/** exp(-Σ p ln p) with p = σ / Σσ + 1e-7 over the singular values σ of the matrix with `columns` columns. */
export function rankMe(values: Float32Array, columns: number): number {
  const eigenvalues = new EigenvalueDecomposition(gram(values, columns), { assumeSymmetric: true }).realEigenvalues;
  const singular = eigenvalues.map((v) => Math.sqrt(Math.max(0, v)));
  const sum = singular.reduce((a, b) => a + b, 0);
  // All features zero: nothing is used.
  if (sum === 0) return 0;
  return Math.exp(singular.reduce((entropy, s) => entropy - (s / sum + 1e-7) * Math.log(s / sum + 1e-7), 0));
}

/** ZᵀZ, summed in float64: its eigenvalues are squares of the σ, so float32 would lose the small ones. */
function gram(values: Float32Array, columns: number): Matrix {
  const sums = new Float64Array(columns * columns);
  for (let row = 0; row < values.length; row += columns) {
    for (let i = 0; i < columns; i++) {
      const v = values[row + i] as number;
      if (v === 0) continue;
      for (let j = i; j < columns; j++) sums[i * columns + j]! += v * (values[row + j] as number);
    }
  }
  const matrix = new Matrix(columns, columns);
  for (let i = 0; i < columns; i++) {
    for (let j = i; j < columns; j++) {
      matrix.set(i, j, sums[i * columns + j] as number);
      matrix.set(j, i, sums[i * columns + j] as number);
    }
  }
  return matrix;
}
