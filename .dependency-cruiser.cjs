// The floors of src/: each folder may import only from those below it. docs/architecture.md says what each is for.
const floors = ['protocol', 'runs', 'engine', 'experiment', 'parts', 'evaluate', 'methods', 'autodidact', 'trainer', 'cli', 'extension'];
const folder = (floor) =>
  ({ parts: '^src/(augment|data|nn|losses)/', autodidact: '^src/autodidact[.]ts$' })[floor] ?? `^src/${floor}/`;

module.exports = {
  forbidden: [
    ...floors.slice(0, -1).map((floor, i) => ({
      name: `${floor}-imports-from-above`,
      severity: 'error',
      from: { path: folder(floor) },
      to: { path: floors.slice(i + 1).map(folder) },
    })),
    { name: 'only-extension-imports-vscode', severity: 'error', from: { path: '^src/', pathNot: '^src/extension/' }, to: { path: '^vscode$' } },
    { name: 'extension-host-stays-light', comment: 'User code, tfjs and esbuild never load in the extension host.', severity: 'error', from: { path: '^src/extension/' }, to: { path: '(@tensorflow|^esbuild|node_modules/esbuild|node_modules/zod|^src/(methods|evaluate|augment|data|nn|losses|engine|experiment)/)', reachable: true } },
    { name: 'protocol-has-no-dependencies', severity: 'error', from: { path: '^src/protocol/' }, to: { pathNot: '^src/protocol/' } },
    { name: 'webview-imports-only-protocol', severity: 'error', from: { path: '^webview/' }, to: { path: '^src/', pathNot: '^src/protocol/' } },
    { name: 'no-cycles', severity: 'error', from: { path: '^(src|webview)/' }, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true, pathNot: '^vscode$' } },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|test/fixtures)/' },
    enhancedResolveOptions: { extensions: ['.ts', '.mts', '.js', '.mjs', '.json'], exportsFields: ['exports'], conditionNames: ['import', 'node', 'types'] },
  },
};
