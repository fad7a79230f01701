import { z } from 'zod';
import type { EvaluationContext, MetricFacts } from '../experiment/contracts.js';
import { definePart } from '../experiment/part.js';

export const pretext = definePart({
  kind: 'evaluation',
  use: 'pretext',
  doc: [
    'The method’s own task on held-out samples: loss, accuracy and whatever else it logs, in inference mode, beside the',
    'value of guessing. Far below the training values means memorizing, or batch statistics that give the answer away.',
  ].join('\n'),
  options: z.object({
    when: z
      .enum(['epoch', 'end'])
      .default('end')
      .describe('After every epoch, or only before and after training. Default `end`.'),
  }),
  create: ({ when }) => ({
    when,
    needsLabels: false,
    metrics: ({ method }: MetricFacts) =>
      Object.fromEntries(
        Object.entries(method).map(([name, info]) => [name, { ...info, title: `${info.title}, held out` }]),
      ),
    run: ({ heldOut }: EvaluationContext) => heldOut(),
  }),
});
