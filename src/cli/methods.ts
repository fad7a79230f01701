import { type Command, done, jsonOption } from './command.js';
import { printJson } from './follow.js';
import { paint, table } from './format.js';

export const methods: Command = {
  summary: 'List the built-in methods.',
  positionals: [],
  options: { json: jsonOption },
  remarks: 'In the editor, the snippet of a method expands to a complete experiment.',
  async run(args) {
    const { listMethods } = await import('../methods/registry.js');
    const list = listMethods();
    if (args.flag('json')) {
      printJson(list);
      return done;
    }
    const head = ['ID', 'METHOD', 'FAMILY', 'SNIPPET', 'PAPER'].map((title) => paint('dim', title));
    const rows = list.map(({ id, title, family, snippet, paper }) => {
      const arxiv = paper.arxiv === undefined ? '' : `, arXiv:${paper.arxiv}`;
      return [paint('bold', id), title, family, snippet, `${paper.authors} ${paper.year}${arxiv}`];
    });
    console.log(table([head, ...rows]));
    return done;
  },
};
