// Writes snippets/autodidact.code-snippets: one snippet per built-in method, made from examples/<id>.ssl.ts, so that what
// a person types is what was trained and tested. `--check` compares instead, and fails where they are out of step.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { parse } from '@babel/parser';
import { listMethods, root } from './dependencies.mjs';

const file = path.join(root, 'snippets/autodidact.code-snippets');

/** For people who choose the parts themselves. */
function plainSnippet(methods) {
  return {
    prefix: 'ssl-experiment',
    description: 'An experiment with the defaults of its parts: choose data, encoder, method and optimizer.',
    body: [
      "import { experiment, $1, $3, $4, $5, knn } from 'autodidact';",
      '',
      'export default experiment({',
      // biome-ignore-start lint/suspicious/noTemplateCurlyInString: tab stops of a snippet
      '  data: ${1|fashionMnist,imageFolder|}($2),',
      '  encoder: ${3|convnet,resnet18|}(),',
      `  method: \${4|${methods.join(',')}|}(),`,
      '  optimizer: ${5|adam,adamW,lars,sgd|}(),',
      '  epochs: ${6:10},',
      '  batchSize: ${7:256},',
      // biome-ignore-end lint/suspicious/noTemplateCurlyInString: tab stops of a snippet
      '  evaluate: [knn()],',
      '});',
      '$0',
    ],
  };
}

/** Every number and list of numbers in a call becomes a tab stop, and so does the whole value of `data`. */
export function snippetBody(source) {
  const stops = [];
  visit(parse(source, { sourceType: 'module', plugins: ['typescript'] }).program, undefined, (node, key) => {
    if (node.type === 'ImportDeclaration') return false;
    const numbers = node.type === 'ArrayExpression' && node.elements.length > 0 && node.elements.every(isNumber);
    if (key === 'data' && node.type === 'CallExpression') stops.push([node.start, node.end]);
    else if (numbers) stops.push([node.start + 1, node.end - 1]);
    else if (isNumber(node) && !['seed', 'p'].includes(key)) stops.push([node.start, node.end]);
    else return true;
    return false;
  });
  let text = '';
  let at = 0;
  const quote = (part, special) => part.replace(special, '\\$&');
  stops.forEach(([start, end], i) => {
    text += `${quote(source.slice(at, start), /[\\$]/g)}\${${i + 1}:${quote(source.slice(start, end), /[\\$}]/g)}}`;
    at = end;
  });
  return `${text}${quote(source.slice(at), /[\\$]/g)}`.trimEnd().split('\n').concat('$0');
}

const isNumber = (node) =>
  node?.type === 'NumericLiteral' || (node?.type === 'UnaryExpression' && node.argument.type === 'NumericLiteral');

/** Calls `enter(node, key of its property)`; its answer says whether to go on inside. */
function visit(node, key, enter) {
  if (Array.isArray(node)) for (const item of node) visit(item, key, enter);
  else if (typeof node?.type === 'string' && enter(node, key)) {
    for (const [name, value] of Object.entries(node)) {
      if (name === 'key' && node.type === 'ObjectProperty') continue;
      const property = node.type === 'ObjectProperty' && name === 'value' ? (node.key.name ?? node.key.value) : key;
      if (typeof value === 'object' && name !== 'loc') visit(value, property, enter);
    }
  }
}

function makeSnippets() {
  const methods = listMethods();
  const snippets = methods.map(({ id, title, snippet, summary }) => {
    const example = path.join(root, `examples/${id}.ssl.ts`);
    if (!existsSync(example))
      throw new Error(`examples/${id}.ssl.ts is missing: the snippet of ${title} is made from it`);
    const body = snippetBody(readFileSync(example, 'utf8'));
    return [`${title} experiment`, { prefix: snippet, description: `${title}: ${summary}`, body }];
  });
  // The first choice is what stands there at first: a method that takes any picture.
  const uses = methods.map(({ use }) => use);
  snippets.push(['Experiment', plainSnippet(['simclr', ...uses.filter((use) => use !== 'simclr')])]);
  return `${JSON.stringify(Object.fromEntries(snippets), undefined, 2)}\n`;
}

const wanted = makeSnippets();
if (!process.argv.includes('--check')) writeFileSync(file, wanted);
else if (readFileSync(file, 'utf8') !== wanted) {
  console.error('snippets/ is not what methods and examples make of it: run `npm run snippets`');
  process.exitCode = 1;
}
