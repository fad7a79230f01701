// Declarations of everything public that is not a factory of a built-in part: contracts, custom parts, losses, layers.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

/**
 * Writes the declarations that src/autodidact.ts exports and what they need to `folder`, and returns the text that
 * exports them, but for the names that `isGenerated`.
 */
export function emitDeclarations(root, folder, isGenerated) {
  const program = createProgram(root, folder);
  const checker = program.getTypeChecker();
  const entry = program.getSourceFile(path.join(root, 'src/autodidact.ts'));
  const byFile = new Map();
  for (const symbol of checker.getExportsOfModule(checker.getSymbolAtLocation(entry))) {
    if (isGenerated(symbol.name)) continue;
    const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    const source = target.declarations[0].getSourceFile().fileName;
    const module = path
      .relative(path.join(root, 'src'), source)
      .split(path.sep)
      .join('/')
      .replace(/[.]ts$/, '.js');
    const name = symbol.name === target.name ? symbol.name : `${target.name} as ${symbol.name}`;
    byFile.set(module, [...(byFile.get(module) ?? []), name]);
  }
  // Only what is needed is emitted: to spell out the types of all parts would take long.
  writeClosure([...byFile.keys()], (module) => emit(program, root, module), folder);
  const exports = [...byFile].map(([module, names]) => `export { ${names.join(', ')} } from './${module}';`);
  return ["export * as tf from './tfjs-core/index.js';", ...exports, ''].join('\n');
}

function createProgram(root, outDir) {
  const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: fail };
  const { options } = ts.getParsedCommandLineOfConfigFile(path.join(root, 'tsconfig.json'), {}, host);
  return ts.createProgram([path.join(root, 'src/autodidact.ts')], {
    ...options,
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    noCheck: true,
    rootDir: path.join(root, 'src'),
    outDir,
  });
}

/** The declarations of a module named relative to src/. */
function emit(program, root, module) {
  const source = program.getSourceFile(path.join(root, 'src', module.replace(/[.]js$/, '.ts')));
  let declarations = '';
  const keep = (_file, text) => {
    declarations = text;
  };
  program.emit(source, keep, undefined, true);
  return declarations;
}

/** Writes modules and the modules they import. */
function writeClosure(modules, declarationsOf, folder) {
  const waiting = [...modules];
  const written = new Set();
  for (let module = waiting.pop(); module !== undefined; module = waiting.pop()) {
    if (written.has(module)) continue;
    written.add(module);
    const text = toRelative(withoutZod(declarationsOf(module)), module);
    for (const [, imported] of text.matchAll(/(?:from |import\()['"](\.[^'"]+)['"]/g)) {
      const target = path.posix.join(path.posix.dirname(module), imported);
      if (!target.startsWith('tfjs-core/')) waiting.push(target);
    }
    const file = path.join(folder, module.replace(/[.]js$/, '.d.ts'));
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

/** TensorFlow.js by the path of its copied types. */
function toRelative(text, module) {
  const up = '../'.repeat(module.split('/').length - 1) || './';
  return text.replace(/(['"])@tensorflow\/tfjs-core\1/g, `'${up}tfjs-core/index.js'`);
}

/** How options are checked is no business of users, and zod is not there: leaves out what is declared in its terms. */
function withoutZod(text) {
  const source = ts.createSourceFile('module.d.ts', text, ts.ScriptTarget.Latest, true);
  const imported = source.statements.find((s) => ts.isImportDeclaration(s) && s.moduleSpecifier.text === 'zod');
  if (imported === undefined) return text;
  const left = new Set(['z']);
  let kept = source.statements.filter((statement) => statement !== imported);
  for (let before; before !== kept.length; ) {
    before = kept.length;
    for (const { name } of kept.filter((statement) => mentions(statement, left))) if (name) left.add(name.text);
    kept = kept.filter((statement) => !mentions(statement, left));
  }
  return kept.map((statement) => statement.getFullText(source)).join('');
}

function mentions(node, names) {
  return (ts.isIdentifier(node) && names.has(node.text)) || (ts.forEachChild(node, (n) => mentions(n, names)) ?? false);
}

function fail({ messageText }) {
  throw new Error(ts.flattenDiagnosticMessageText(messageText, '\n'));
}
