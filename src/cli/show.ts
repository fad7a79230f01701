import { type Command, done, jsonOption, runDirOption } from './command.js';
import { findRun } from './find-run.js';
import { printJson } from './follow.js';
import { paint, plain, table } from './format.js';
import { readHistory, summaryData, summaryText } from './history.js';

export const show: Command = {
  summary: 'Show what a run is, where it stands and what it has reached.',
  positionals: ['RUN'],
  options: { 'run-dir': runDirOption, json: jsonOption },
  remarks: 'RUN is an id, the beginning of one, or the path of the folder of the run.',
  async run(args) {
    const run = await findRun(args);
    const history = await readHistory(run.folder);
    const { facts, status } = run;
    if (args.flag('json')) {
      printJson({ ...summaryData(run, history), facts, status });
      return done;
    }
    const { git, engine } = facts;
    const rows = [
      ['method', facts.method],
      ['experiment', `${facts.file}${facts.exportName === 'default' ? '' : ` (${facts.exportName})`}`],
      ['created', `${new Date(facts.created).toLocaleString()} on ${facts.host}`],
      ...(engine ? [['engine', `${engine.name} ${engine.version}, ${engine.threads} threads`]] : []),
      ...(git ? [['commit', `${git.commit.slice(0, 12)}${git.dirty ? ' with changes' : ''}`]] : []),
      ['seed', String(facts.seed)],
      ['steps', `${status.step} of ${status.totalSteps}, ${facts.epochs} epochs`],
      ['checkpoints', String(history.checkpoints.length)],
    ];
    console.log(`${paint('bold', plain(run.name))}  ${paint('dim', run.id)}\n`);
    console.log(table(rows.map(([title = '', text = '']) => [`  ${paint('dim', title)}`, plain(text)])));
    console.log(`\n${summaryText(run, history)}`);
    for (const { message, epoch } of history.alerts)
      console.log(paint('yellow', `  ! epoch ${epoch.toFixed(1)}: ${plain(message)}`));
    return done;
  },
};
