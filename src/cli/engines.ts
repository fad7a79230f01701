import { type Command, done, jsonOption } from './command.js';
import { printJson } from './follow.js';
import { paint, table } from './format.js';

export const engines: Command = {
  summary: 'Say which engines can be used here, and how to get the others.',
  positionals: [],
  options: { json: jsonOption },
  remarks: 'From fastest to slowest. `auto` takes the first one that starts.',
  async run(args) {
    const { engineReports } = await import('../engine/index.js');
    const reports = await engineReports();
    if (args.flag('json')) printJson(reports);
    else
      console.log(
        table(
          reports.map((report) =>
            report.usable
              ? [paint('bold', report.name), paint('green', 'usable')]
              : [report.name, `${paint('yellow', 'not usable')}: ${report.reason}. ${report.remedy}`],
          ),
        ),
      );
    return done;
  },
};
