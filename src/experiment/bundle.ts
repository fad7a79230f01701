/** Turns an experiment file and its local imports into one module that Node can import. */
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type BuildFailure, build, type Message, type OnLoadResult, type Plugin } from 'esbuild';
import type { Diagnostic } from '../protocol/previewer.js';
import { runtimePath } from './package-files.js';
import { type BundledSource, SourceFiles } from './source-files.js';
import { checkSpecText } from './spec-text.js';

export interface Bundle {
  /** Absolute path of the experiment file. */
  readonly file: string;
  /** An ES module with its source map inline; empty when there are errors. */
  readonly code: string;
  /** The source map, JSON: sources are file URLs. */
  readonly map: string;
  /** The experiment file and what it imports, without installed packages. */
  readonly sources: readonly BundledSource[];
  readonly diagnostics: readonly Diagnostic[];
}

export interface BundleOptions {
  /** Absolute path of a `.ssl.ts`, `.ssl.js` or `.ssl.json` file. */
  readonly file: string;
  /** Texts that win over the disk, by absolute path. */
  readonly overlays?: Readonly<Record<string, string>>;
}

const runtime = pathToFileURL(runtimePath).href;
/** CommonJS packages that users bundle call require() for Node's own modules. */
const banner =
  "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);";
const textFile = /\.(?:[cm]?[jt]sx?|json|txt)$/;

/** Never rejects because of the experiment: what is wrong with it is in `diagnostics`. */
export async function bundleExperiment(options: BundleOptions): Promise<Bundle> {
  const file = path.resolve(options.file);
  const files = new SourceFiles(options.overlays ?? {});
  return file.endsWith('.json') ? bundleSpec(file, files) : bundleCode(file, files);
}

/** The bundle without its inline source map. */
export function withoutMap(code: string): string {
  const end = code.lastIndexOf('\n//# sourceMappingURL=');
  return end < 0 ? code : code.slice(0, end + 1);
}

/** A bundle that an earlier installation of this package made, made to use this one. */
export function rebased(code: string): string {
  return code.replace(/(?<=^import\b[^\n]*")file:[^"\n]*\/dist\/autodidact\.js(?=";?$)/gm, runtime);
}

async function bundleCode(file: string, files: SourceFiles): Promise<Bundle> {
  const folder = path.dirname(file);
  const toDiagnostics = (messages: readonly Message[], severity: Diagnostic['severity']) =>
    messages.map((message) => toDiagnostic(message, severity, file, files));
  try {
    const { outputFiles, warnings } = await build({
      entryPoints: [file],
      absWorkingDir: folder,
      outdir: folder,
      write: false,
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      sourcemap: 'external',
      banner: { js: banner },
      // Whatever tsconfig.json lies around is meant for other programs.
      tsconfigRaw: {},
      // Users who read files beside their experiment mean its folder, not the bundle's.
      define: {
        'import.meta.url': JSON.stringify(pathToFileURL(file).href),
        'import.meta.filename': JSON.stringify(file),
        'import.meta.dirname': JSON.stringify(folder),
      },
      logLevel: 'silent',
      plugins: [reader(file, files)],
    });
    const output = (name: string) => outputFiles.find((o) => o.path.endsWith(name))?.text ?? '';
    const map = absoluteSources(output('.map'), folder, files);
    return {
      file,
      code: inlined(output('.js'), map),
      map,
      sources: files.read,
      diagnostics: toDiagnostics(warnings, 'warning').filter((d) => files.textOf(d.file) !== undefined),
    };
  } catch (error) {
    if (!isBuildFailure(error)) throw error;
    return { file, code: '', map: '', sources: files.read, diagnostics: toDiagnostics(error.errors, 'error') };
  }
}

/** A serialized experiment becomes a module too, so that everyone who runs an experiment imports a module. */
async function bundleSpec(file: string, files: SourceFiles): Promise<Bundle> {
  let text: string;
  try {
    text = await files.load(file);
  } catch (error) {
    return { file, code: '', map: '', sources: [], diagnostics: [unreadable(file, error)] };
  }
  const diagnostics = checkSpecText(file, text);
  // JSON.parse, because `__proto__` means something else in an object literal.
  const code = `import ${JSON.stringify(runtime)};\nexport const serializedExperiment = JSON.parse(${JSON.stringify(text)});\n`;
  return { file, code: diagnostics.length > 0 ? '' : code, map: '', sources: files.read, diagnostics };
}

/** Reads files through `files`, and leads `autodidact` to the running copy of this package. */
function reader(entry: string, files: SourceFiles): Plugin {
  return {
    name: 'experiment',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^autodidact$/ }, () => ({ path: runtime, external: true }));
      onResolve({ filter: /^@tensorflow\/tfjs/ }, ({ path: name }) => ({
        // A second copy of TensorFlow.js would have no engine and know no tensor of the first.
        errors: [{ text: `import TensorFlow.js as \`import { tf } from 'autodidact'\` instead of from "${name}"` }],
      }));
      onResolve({ filter: /.*/ }, ({ kind, path: name, resolveDir }) => {
        if (kind === 'entry-point') return { path: entry };
        const unsaved = name.startsWith('.') ? files.findOverlay(path.resolve(resolveDir, name)) : undefined;
        return unsaved === undefined ? undefined : { path: unsaved };
      });
      onLoad({ filter: textFile }, async ({ path: name }): Promise<OnLoadResult | undefined> => {
        if (/[\\/]node_modules[\\/]/.test(name)) return undefined;
        try {
          return { contents: await files.load(name), loader: 'default' };
        } catch (error) {
          return { errors: [{ text: unreadable(name, error).message }] };
        }
      });
    },
  };
}

function unreadable(file: string, error: unknown): Diagnostic {
  const cause = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : (error as Error).message;
  const start = { line: 0, character: 0 };
  return { file, range: { start, end: start }, severity: 'error', message: `cannot read ${file}: ${cause}` };
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && 'errors' in error && 'warnings' in error;
}

function toDiagnostic(
  { text, location }: Message,
  severity: Diagnostic['severity'],
  entry: string,
  files: SourceFiles,
): Diagnostic {
  if (location === null) {
    const start = { line: 0, character: 0 };
    return { file: entry, range: { start, end: start }, severity, message: text };
  }
  // esbuild counts bytes of UTF-8, editors count UTF-16 units.
  const bytes = Buffer.from(location.lineText);
  const character = (byte: number) => bytes.subarray(0, byte).toString().length;
  const line = location.line - 1;
  const start = { line, character: character(location.column) };
  const end = { line, character: Math.max(start.character + 1, character(location.column + location.length)) };
  const file = files.original(path.resolve(path.dirname(entry), location.file));
  return { file, range: { start, end }, severity, message: text };
}

function absoluteSources(map: string, folder: string, files: SourceFiles): string {
  const parsed = JSON.parse(map) as { sources: string[] };
  // They are relative URLs: names are percent-encoded.
  const base = pathToFileURL(path.join(folder, path.sep));
  const sources = parsed.sources.map((s) => pathToFileURL(files.original(fileURLToPath(new URL(s, base)))).href);
  return JSON.stringify({ ...parsed, sources });
}

function inlined(code: string, map: string): string {
  return `${code}\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(map).toString('base64')}\n`;
}
