import { type Command, done, jsonOption, wrong } from './command.js';
import { diagnosticText } from './diagnostics.js';
import { printJson } from './follow.js';
import { paint, plain, table } from './format.js';
import { withPreviews } from './inspecting.js';

export const check: Command = {
  summary: 'Check an experiment file: its syntax, its options, and how they fit together and with the data.',
  positionals: ['FILE'],
  options: { json: jsonOption },
  remarks: 'Exit codes: 0 nothing wrong (there may be warnings), 2 mistakes.',
  async run(args) {
    const file = args.positionals[0] as string;
    const inspection = await withPreviews(file, (service, source) => service.inspect(source));
    const { experiments, diagnostics } = inspection;
    if (args.flag('json')) printJson(inspection);
    else {
      for (const diagnostic of diagnostics) console.error(diagnosticText(diagnostic));
      const faulty = diagnostics.some(({ severity }) => severity === 'error');
      const rows = experiments.map(({ exportName, name, methodTitle }) => [exportName, plain(name), methodTitle]);
      if (!faulty) console.log(table(rows.map((row) => [paint('green', 'ok'), ...row])));
    }
    return diagnostics.some(({ severity }) => severity === 'error') ? wrong : done;
  },
};
