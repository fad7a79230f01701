/** What editors know of experiments: the types in dist/types and the schema, in a folder where nothing is installed. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PreviewerProcess, root } from '../support/previewer.js';
import { expandedSnippets } from '../support/snippets.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'bare-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** All errors in texts by file name, as `file: message`, those of the types themselves included. */
function errors(texts: Readonly<Record<string, string>>, options: ts.CompilerOptions = {}): string[] {
  const files = Object.entries(texts).map(([name, text]) => {
    const file = path.join(folder, name);
    writeFileSync(file, text);
    return file;
  });
  const program = ts.createProgram(files, {
    noEmit: true,
    strict: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    types: [],
    skipLibCheck: false,
    paths: { autodidact: [path.join(root, 'dist/types/autodidact.d.ts')] },
    ...options,
  });
  return ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => {
    return `${path.basename(file?.fileName ?? '')}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
  });
}

const examples = Object.fromEntries(
  readdirSync(path.join(root, 'examples'))
    .filter((name) => /\.ssl\.ts$/.test(name))
    .map((name) => [name, readFileSync(path.join(root, 'examples', name), 'utf8')]),
);
const snippets = Object.fromEntries(Object.entries(expandedSnippets()).map(([name, text]) => [`${name}.ssl.ts`, text]));

/** The code in the documentation, a file for each block. */
const documented = Object.fromEntries(
  ['README.md', ...readdirSync(path.join(root, 'docs')).map((name) => `docs/${name}`)]
    .filter((name) => /\.md$/.test(name))
    .flatMap((name) =>
      [...readFileSync(path.join(root, name), 'utf8').matchAll(/^```ts\n(.*?)^```/gms)].map(([, code], i) => [
        `${path.basename(name, '.md')}-${i + 1}.ssl.ts`,
        code as string,
      ]),
    ),
);

const custom = `import { augmentation, dataset, evaluation, experiment, method, ntXent, mlp, tf, type Image, type Module } from 'autodidact';
import { adam, convnet, fashionMnist, imageFolder, knn } from 'autodidact';

const invert = augmentation({
  name: 'invert',
  draw: (random) => ({ strength: random.uniform() }),
  apply: ({ data, shape }: Image, { strength }) => ({ data: data.map((v) => v + strength * (1 - 2 * v)), shape }),
});
const own = method({
  name: 'own',
  pipeline: [invert],
  views: (image, context) => ({ first: context.augment(image, [invert], 0), second: image }),
  build({ encoder, random, add }) {
    const head: Module = add('head', mlp(random, encoder.features, [8, 4]));
    const project = (x: tf.Tensor) => head.apply(encoder.apply(x, { training: true }), { training: true }) as tf.Tensor2D;
    return {
      metrics: {},
      loss: ({ tensors }) => ({ loss: ntXent(tf.concat([project(tensors.first!), project(tensors.second!)]) as tf.Tensor2D, 0.5).loss }),
      embed: (x) => project(x).relu(),
      compare: async () => [],
    };
  },
});
export default experiment({
  data: imageFolder('pictures', { size: 32 }),
  encoder: convnet(),
  method: own,
  optimizer: adam(),
  evaluate: [knn(), evaluation({ name: 'mean', run: async ({ embeddings }) => ({ mean: tf.mean(await embeddings()).dataSync()[0]! }) })],
});
export const other = dataset({ name: 'half', open: (environment) => fashionMnist({ train: 10 }).open(environment) });
`;

describe('the types', () => {
  it('hold for the examples, the snippets, the documentation and custom code, and are sound themselves', () => {
    expect(Object.keys(examples)).not.toEqual([]);
    expect(Object.keys(snippets)).toContain('ssl-simclr.ssl.ts');
    expect(Object.keys(snippets)).toContain('ssl-experiment.ssl.ts');
    expect(Object.keys(documented)).toContain('your-own-method-1.ssl.ts');
    expect(errors({ ...examples, ...snippets, ...documented, 'custom.ssl.ts': custom })).toEqual([]);
  });

  it('hold for the module settings of Node', () => {
    const node = { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext };
    expect(errors({ 'custom.ssl.mts': custom }, node)).toEqual([]);
  });

  it('refuse misspelt options, wrong types and parts in the wrong place', () => {
    const text = snippets['ssl-simclr.ssl.ts'] as string;
    const changes: Record<string, [from: string, to: string, told: RegExp]> = {
      'option.ssl.ts': ['temperature:', 'temprature:', /'temprature' does not exist in type 'SimclrOptions'/],
      'type.ssl.ts': ['temperature: 0.2', "temperature: 'low'", /'string' is not assignable to type 'number'/],
      'encoder.ssl.ts': ['encoder: convnet({ widths: [32, 64, 128] })', 'encoder: adam()', /in type 'Encoder'/],
      'optimizer.ssl.ts': ['optimizer: adam({ learningRate: 3e-3 })', 'optimizer: knn()', /type 'Optimizer'/],
      'missing.ssl.ts': ['  encoder: convnet({ widths: [32, 64, 128] }),\n', '', /'encoder' is missing/],
    };
    for (const [from] of Object.values(changes)) expect(text).toContain(from);
    const wrong = Object.entries(changes).map(([name, [from, to]]) => [name, text.replace(from, to)]);
    const found = errors(Object.fromEntries(wrong));
    for (const [name, [, , told]] of Object.entries(changes))
      expect(found.filter((message) => message.startsWith(`${name}:`))).toEqual([expect.stringMatching(told)]);
  });

  it('document every option and every factory', () => {
    const text = readFileSync(path.join(root, 'dist/types/autodidact.d.ts'), 'utf8');
    const declarations = text.split('\n');
    const bare = declarations.filter(
      (line, i) =>
        /^(export declare function| {2}readonly \w+\??:)/.test(line) && !/\*\/$/.test(declarations[i - 1] ?? ''),
    );
    // Of an experiment only what `experiment` takes is documented, not what it returns.
    expect(bare.filter((line) => !/readonly (kind|name|clipNorm)\b/.test(line))).toEqual([]);
  });
});

const kebab = (name: string) => name.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase();

describe('the snippets', () => {
  it('load as sound experiments', async () => {
    const previewer = await PreviewerProcess.start();
    try {
      for (const [name, text] of Object.entries(snippets)) {
        const { experiments, diagnostics } = await previewer.inspect(path.join(folder, name), text);
        expect(diagnostics).toEqual([]);
        const method = name === 'ssl-experiment.ssl.ts' ? 'ssl-simclr' : name.replace(/[.]ssl[.]ts$/, '');
        expect(experiments.map((own) => `ssl-${kebab(own.method)}`)).toContain(method);
      }
    } finally {
      await previewer.stop();
    }
  });
});

describe('the schema of serialized experiments', () => {
  const schema = JSON.parse(readFileSync(path.join(root, 'dist/experiment.schema.json'), 'utf8'));

  it('refers only to what it defines', () => {
    const references = JSON.stringify(schema).match(/(?<="\$ref":"#\/\$defs\/)[\w-]+/g) ?? [];
    expect(references.length).toBeGreaterThan(10);
    for (const name of references) expect(schema.$defs).toHaveProperty(name);
  });

  it('knows the parts by kind, with their options described', () => {
    expect(schema.properties.method).toMatchObject({ $ref: '#/$defs/any-method', description: expect.any(String) });
    expect(schema.$defs['any-method'].oneOf).toContainEqual({ $ref: '#/$defs/simclr' });
    expect(schema.$defs.simclr).toMatchObject({
      required: ['use'],
      additionalProperties: false,
      properties: {
        use: { const: 'simclr' },
        temperature: { type: 'number', exclusiveMinimum: 0, default: 0.5 },
        views: { type: 'array', items: { $ref: '#/$defs/any-augmentation' } },
      },
    });
    expect(schema.$defs.simclr.properties.views.default[0]).toMatchObject({
      use: 'randomResizedCrop',
      scale: [0.08, 1],
    });
    expect(schema.$defs.imageFolder.required).toEqual(['use', 'path', 'size']);
    expect(schema.$defs.randomResizedCrop.properties.scale).toMatchObject({ minItems: 2, maxItems: 2 });
    expect(schema.required).toEqual(['use', 'data', 'encoder', 'method', 'optimizer']);
  });
});
