import type { RunSummary } from '../protocol/run.js';
import { listRuns } from '../runs/read.js';
import { type Command, done, jsonOption, runDirOption } from './command.js';
import { rootOf } from './find-run.js';
import { printJson } from './follow.js';
import { formatDuration, formatEpoch, formatValue, paint, paintState, plain, table } from './format.js';

export const runs: Command = {
  summary: 'List the runs, newest first.',
  positionals: [],
  options: { 'run-dir': runDirOption, json: jsonOption },
  async run(args) {
    const root = rootOf(args);
    const list = await listRuns(root);
    if (args.flag('json')) {
      printJson(list);
      return done;
    }
    if (list.runs.length + list.unreadable.length === 0) console.log(`There are no runs in ${root}.`);
    if (list.runs.length > 0) {
      const head = ['ID', 'NAME', 'STATE', 'EPOCH', 'RESULT', 'AGE'].map((title) => paint('dim', title));
      console.log(table([head, ...list.runs.map(row)]));
    }
    for (const { id, reason } of list.unreadable) console.error(`${plain(id)}: ${plain(reason)}`);
    return done;
  },
};

function row({ id, name, state, status, facts }: RunSummary): string[] {
  const { headline } = status;
  const info = headline && facts.metrics?.[headline.metric];
  const epoch = status.step === 0 ? `0/${facts.epochs}` : formatEpoch(status.epoch, facts.epochs);
  const age = `${formatDuration((Date.now() - facts.created) / 1000)} ago`;
  const result = headline && `${plain(info?.title ?? headline.metric)} ${formatValue(headline.value, info)}`;
  return [id, plain(name), paintState(state), epoch, result ?? '', age];
}
