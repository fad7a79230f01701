// Writes what editors know of experiments: dist/types/ (types of the module `autodidact`, complete in themselves, so that
// nothing has to be installed in a user's folder) and dist/experiment.schema.json (for .ssl.json files).
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { emitDeclarations } from './user-types/declarations.mjs';
import { jsonSchema } from './user-types/json-schema.mjs';
import { experimentText, importText, partsText } from './user-types/options.mjs';
import { copyTensorFlowTypes } from './user-types/tensorflow.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** @param settings esbuild options under which the sources run in Node. */
export async function writeUserTypes(settings) {
  const { parts, experimentOptions, z } = await registry(settings);
  const types = path.join(root, 'dist/types');
  rmSync(types, { recursive: true, force: true });
  mkdirSync(types, { recursive: true });
  const schemas = parts.map((part) => ({ ...part, schema: optionsSchema(z, part.options) }));
  const experiment = optionsSchema(z, experimentOptions);
  const names = new Set(parts.map(({ use }) => use));
  const rest = emitDeclarations(
    root,
    types,
    (name) => names.has(name) || /^(experiment|Experiment(Options)?|tf)$/.test(name),
  );
  const text = [importText(schemas), rest, experimentText(experiment), partsText(schemas)].join('\n');
  writeFileSync(path.join(types, 'autodidact.d.ts'), text);
  copyTensorFlowTypes(root, path.join(types, 'tfjs-core'));
  const schema = JSON.stringify(jsonSchema(experiment, schemas), undefined, 1);
  writeFileSync(path.join(root, 'dist/experiment.schema.json'), `${schema}\n`);
}

/** All built-in parts, by running the sources. */
async function registry(settings) {
  const outfile = path.join(root, '.cache/user-types/registry.mjs');
  const contents = `
    import './src/autodidact.ts';
    import { definedParts } from './src/experiment/part.ts';
    export { experimentOptions } from './src/experiment/experiment.ts';
    export { z } from 'zod';
    export const parts = definedParts();`;
  const { entryPoints: _entries, outdir: _outdir, splitting: _splitting, chunkNames: _names, ...rest } = settings;
  await build({ ...rest, stdin: { contents, resolveDir: root, loader: 'ts' }, outfile, sourcemap: false });
  // A query, because a watching build comes here again.
  return import(`${pathToFileURL(outfile).href}?${Date.now()}`);
}

/** JSON schema of the options as users write them; `part` marks what is a part. */
function optionsSchema(z, options) {
  const schema = z.toJSONSchema(options.strict(), { io: 'input', unrepresentable: 'any' });
  return { ...schema, properties: schema.properties ?? {}, required: schema.required ?? [] };
}
