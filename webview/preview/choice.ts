/** What a person chose, and how it stays meaningful while the experiment changes under it. */
import type { PreviewChoice } from '../../src/protocol/panels.js';
import type { PipelineOp } from '../../src/protocol/previewer.js';

export const firstChoice: PreviewChoice = { sample: 0, reroll: 0, draws: 6, disabled: [] };

/** Draws a person can ask for at once. */
export const drawCounts = [1, 2, 4, 6, 8, 12] as const;

/** The nearest sample that exists. */
export const clampSample = (sample: number, samples: number): number =>
  Math.max(0, Math.min(samples - 1, Math.trunc(sample) || 0));

/** The choice with one op switched. */
export function switchOp(choice: PreviewChoice, index: number, on: boolean): PreviewChoice {
  const others = choice.disabled.filter((other) => other !== index);
  return { ...choice, disabled: on ? others : [...others, index].sort((a, b) => a - b) };
}

/**
 * Switched-off positions after an edit of the pipeline. A switch belongs to an op, not to a place: the second `blur`
 * stays off when a line is added above it, and an op that was deleted takes its switch with it.
 */
export function followOps(
  disabled: readonly number[],
  before: readonly PipelineOp[],
  after: readonly PipelineOp[],
): readonly number[] {
  const places = (ops: readonly PipelineOp[], name: string) =>
    ops.filter(({ op }) => op === name).map(({ index }) => index);
  const followed = disabled.flatMap((index) => {
    const name = before.find((op) => op.index === index)?.op;
    if (name === undefined) return [];
    return places(after, name)[places(before, name).indexOf(index)] ?? [];
  });
  return followed.sort((a, b) => a - b);
}
