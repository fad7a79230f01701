/** Rules that join an experiment with its data, once that is open: the same for editor, CLI and trainer. */
import type { OpenData, SampleKind } from './contracts.js';
import type { GradedIssue } from './diagnostics.js';
import type { Experiment } from './experiment.js';

/** What does not fit together. Errors make training impossible; warnings say what will be left out. */
export function checkAgainstData(experiment: Experiment, data: OpenData<unknown>): GradedIssue[] {
  const found: GradedIssue[] = [];
  const note = (severity: 'error' | 'warning', path: GradedIssue['path'], message: string) =>
    found.push({ use: 'experiment', path, message, stack: experiment.site.stack ?? '', severity });

  const { batchSize, method, evaluate } = experiment;
  const { length } = data.train;
  if (length < 2) note('error', ['data'], `${data.title} has ${length} training samples; 2 or more are needed`);
  else if (batchSize > length)
    note('error', ['batchSize'], `${batchSize} is more than the ${length} training samples; take ${length} or less`);
  const { inputs, title } = method.info;
  if (!inputs.includes(data.kind))
    note(
      'error',
      ['method'],
      `${title} learns from ${inputs.map(plural).join(' or ')}, but ${data.title} has ${plural(data.kind)}`,
    );
  else
    for (const problem of method.problems?.({ data: data as OpenData<never>, batchSize }) ?? [])
      note('error', ['method'], problem);
  evaluate.forEach(({ use, needsLabels, inputs = [data.kind] }, i) => {
    if (!inputs.includes(data.kind))
      note(
        'warning',
        ['evaluate', i],
        `${use} is left out: it measures ${inputs.map(plural).join(' or ')}, but ${data.title} has ${plural(data.kind)}`,
      );
    else if (needsLabels && data.classes.length === 0)
      note('warning', ['evaluate', i], `${use} is left out: ${data.title} has no labels`);
    else if (data.test.length === 0)
      note('warning', ['evaluate', i], `${use} has nothing to measure: ${data.title} has no test samples`);
  });
  return found;
}

/** Samples of a kind, in words. */
const names: Readonly<Record<SampleKind, string>> = {
  image: 'images',
  text: 'texts',
  frames: 'films (frames)',
  views: 'films of several cameras (views)',
  stereo: 'stereo pairs',
  sequence: 'sequences',
};
const plural = (kind: SampleKind) => names[kind];
