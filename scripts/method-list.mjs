// Writes the table of methods in README.md, between its two markers, from the registry. `--check` compares instead.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { listMethods, root } from './dependencies.mjs';

const file = path.join(root, 'README.md');
const [begin, end] = ['<!-- methods: made by `npm run snippets` -->', '<!-- end of methods -->'];
const families = {
  context: 'Context: predict a part of the sample from the rest',
  temporal: 'Temporal: predict from what comes before, after, or from beside',
  contrastive: 'Contrastive: tell the sample from others',
  'with-labels': 'With some labels',
};

const rows = listMethods().map(({ family, title, id, snippet, paper }) => {
  const source = `${paper.authors} ${paper.year}`;
  const cited = paper.arxiv === undefined ? source : `[${source}](https://arxiv.org/abs/${paper.arxiv})`;
  return { family, line: `| [${title}](examples/${id}.ssl.ts) | \`${snippet}\` | ${cited} |` };
});
const tables = Object.entries(families).flatMap(([family, heading]) => {
  const own = rows.filter((row) => row.family === family).map(({ line }) => line);
  return own.length === 0 ? [] : [`| ${heading} | snippet | paper |`, '|---|---|---|', ...own, ''];
});

const text = readFileSync(file, 'utf8');
const [from, to] = [text.indexOf(begin) + begin.length, text.indexOf(end)];
if (to < from) throw new Error(`README.md lacks the markers ${begin} and ${end}`);
const wanted = `${text.slice(0, from)}\n${tables.join('\n').trimEnd()}\n${text.slice(to)}`;
if (!process.argv.includes('--check')) writeFileSync(file, wanted);
else if (text !== wanted) {
  console.error('the table of methods in README.md is out of step: run `npm run snippets`');
  process.exitCode = 1;
}
