import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleExperiment, rebased, withoutMap } from '../../../src/experiment/bundle.js';
import { sha256 } from '../../../src/experiment/hash.js';

let folder: string;
const at = (name: string) => path.join(folder, name);
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'bundle-'));
  writeFileSync(at('on-disk.ssl.ts'), "import { size } from './sizes.js';\nexport default size as number;\n");
  writeFileSync(at('sizes.ts'), 'export const size: number = 1;\n');
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a bundle that imports nothing from Autodidact. */
async function run(code: string): Promise<unknown> {
  const file = at(`${sha256(code)}.mjs`);
  writeFileSync(file, withoutMap(code));
  return (await import(pathToFileURL(file).href)).default;
}

describe('bundling an experiment', () => {
  it('follows local imports and lists what was read, with hashes', async () => {
    const { code, sources, diagnostics } = await bundleExperiment({ file: at('on-disk.ssl.ts') });
    expect(diagnostics).toEqual([]);
    expect(await run(code)).toBe(1);
    expect(sources.map((s) => s.path)).toEqual([at('on-disk.ssl.ts'), at('sizes.ts')]);
    for (const { text, sha256: hash } of sources) expect(hash).toBe(sha256(text));
  });

  it('prefers unsaved text, of the file and of what it imports, also where nothing is saved yet', async () => {
    const overlays = { [at('sizes.ts')]: 'export const size = 2;' };
    expect(await run((await bundleExperiment({ file: at('on-disk.ssl.ts'), overlays })).code)).toBe(2);
    const unsaved = {
      [at('new.ssl.ts')]: "import { deep } from './new-part';\nexport default deep;",
      [at('new-part.ts')]: 'export const deep = 3;',
    };
    expect(await run((await bundleExperiment({ file: at('new.ssl.ts'), overlays: unsaved })).code)).toBe(3);
  });

  it.skipIf(process.platform === 'win32')('knows an unsaved text behind a link by the path of the editor', async () => {
    const link = `${folder}-link`;
    symlinkSync(folder, link);
    const overlays = { [path.join(link, 'sizes.ts')]: 'export const size = 4;' };
    const { code, sources } = await bundleExperiment({ file: path.join(link, 'on-disk.ssl.ts'), overlays });
    rmSync(link);
    expect(await run(code)).toBe(4);
    expect(sources.map((s) => s.path)).toContain(path.join(link, 'sizes.ts'));
  });

  it('leads `autodidact` to this package and leaves no other import', async () => {
    const overlays = { [at('a.ssl.ts')]: "import { experiment } from 'autodidact';\nexport default experiment;" };
    const { code } = await bundleExperiment({ file: at('a.ssl.ts'), overlays });
    const imports = [...code.matchAll(/^import .* from "([^"]+)";$/gm)].map(([, from]) => from);
    expect(imports).toEqual([expect.stringMatching(/^file:.*\/dist\/autodidact\.js$/)]);
  });

  it('refuses a second copy of TensorFlow.js, at the import', async () => {
    const overlays = { [at('a.ssl.ts')]: "\nimport * as tf from '@tensorflow/tfjs-core';\nexport default tf;" };
    const { code, diagnostics } = await bundleExperiment({ file: at('a.ssl.ts'), overlays });
    expect(code).toBe('');
    expect(diagnostics[0]?.message).toContain("import { tf } from 'autodidact'");
    expect(diagnostics[0]?.range.start).toEqual({ line: 1, character: 20 });
  });

  it('lets code find files beside the experiment', async () => {
    const overlays = { [at('a.ssl.ts')]: 'export default import.meta.url;' };
    expect(await run((await bundleExperiment({ file: at('a.ssl.ts'), overlays })).code)).toBe(
      pathToFileURL(at('a.ssl.ts')).href,
    );
  });

  it('ignores whatever tsconfig.json lies around', async () => {
    writeFileSync(at('tsconfig.json'), '{ this is not JSON');
    expect((await bundleExperiment({ file: at('on-disk.ssl.ts') })).diagnostics).toEqual([]);
  });

  it('places a syntax error and an unresolved import, counting characters and not bytes', async () => {
    const broken = async (text: string) => {
      const { diagnostics } = await bundleExperiment({ file: at('a.ssl.ts'), overlays: { [at('a.ssl.ts')]: text } });
      return diagnostics.map(({ file, range, severity }) => ({ file, range, severity }));
    };
    expect(await broken("const 名 = 'é'; const = 3;")).toEqual([
      {
        file: at('a.ssl.ts'),
        severity: 'error',
        range: { start: { line: 0, character: 21 }, end: { line: 0, character: 22 } },
      },
    ]);
    expect(await broken("\n/* 名é */ import './nowhere.js';")).toEqual([
      {
        file: at('a.ssl.ts'),
        severity: 'error',
        range: { start: { line: 1, character: 16 }, end: { line: 1, character: 30 } },
      },
    ]);
  });

  it('warns of an option that is written twice', async () => {
    const overlays = { [at('a.ssl.ts')]: 'export default { k: 1, k: 2 };' };
    const { diagnostics } = await bundleExperiment({ file: at('a.ssl.ts'), overlays });
    expect(diagnostics).toMatchObject([{ severity: 'warning', range: { start: { line: 0, character: 23 } } }]);
  });

  it('says when there is no such file', async () => {
    const { diagnostics } = await bundleExperiment({ file: at('gone.ssl.ts') });
    expect(diagnostics[0]?.message).toContain('there is no such file');
  });

  it('makes a module of a serialized experiment, and places what is not JSON', async () => {
    const overlays = { [at('a.ssl.json')]: '{ "use": "experiment", "__proto__": 1 }' };
    const { code } = await bundleExperiment({ file: at('a.ssl.json'), overlays });
    expect(code).toContain('serializedExperiment');
    const wrong = { [at('a.ssl.json')]: '{\n  "epochs": ,\n}' };
    const { code: none, diagnostics } = await bundleExperiment({ file: at('a.ssl.json'), overlays: wrong });
    expect(none).toBe('');
    expect(diagnostics[0]).toMatchObject({ severity: 'error', range: { start: { line: 1, character: 12 } } });
  });

  it('is made to use this installation when an earlier one made it', async () => {
    const overlays = { [at('a.ssl.ts')]: "import { knn } from 'autodidact';\nexport default knn;" };
    const { code } = await bundleExperiment({ file: at('a.ssl.ts'), overlays });
    const runtime = /file:[^"]*autodidact\.js/.exec(code)?.[0] as string;
    const older = code.replace(runtime, 'file:///old/place/autodidact-0.0.1/dist/autodidact.js');
    expect(older).not.toBe(code);
    expect(rebased(older)).toBe(code);
  });
});
