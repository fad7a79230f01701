/**
 * A plugin of the TypeScript language server: lets `autodidact` be imported in any folder, with nothing installed there.
 * It runs in the language server, not in the extension host; esbuild.mjs makes it a package of its own.
 */
import path from 'node:path';
import type * as ts from 'typescript';

type Host = ts.LanguageServiceHost;
type Resolution = ts.ResolvedModuleWithFailedLookupLocations;

const moduleName = 'autodidact';
/** The plugin lies in <extension>/node_modules/<plugin>/. */
const types = path.resolve(__dirname, '../../dist/types/autodidact.d.ts');

export default function init({ typescript }: { typescript: typeof ts }): ts.server.PluginModule {
  const found: Resolution = {
    resolvedModule: {
      resolvedFileName: typescript.server.toNormalizedPath(types),
      extension: typescript.Extension.Dts,
      isExternalLibraryImport: true,
    },
  } as Resolution;

  return {
    create({ languageService, languageServiceHost }) {
      resolveHere(languageServiceHost, found);
      return languageService;
    },
  };
}

const patched = new WeakSet<Host>();

/** What resolves already stays: a copy that a project has installed, or what another plugin knows. */
function resolveHere(host: Host, found: Resolution): void {
  const original = host.resolveModuleNameLiterals?.bind(host);
  if (original === undefined || patched.has(host)) return;
  patched.add(host);
  host.resolveModuleNameLiterals = (literals, ...rest) =>
    original(literals, ...rest).map((resolution, i) =>
      literals[i]?.text === moduleName && resolution?.resolvedModule === undefined ? found : resolution,
    );
}
