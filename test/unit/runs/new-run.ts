import path from 'node:path';

/** What a trainer knows of a run when it makes one. */
export function newRun(name = 'SimCLR on T-shirts') {
  return {
    facts: {
      name,
      file: path.resolve('simclr.ssl.ts'),
      exportName: 'default',
      method: 'simclr',
      spec: { use: 'experiment' },
      specHash: 'abcdef0123456789',
      sources: [],
      bundle: 'bundle.mjs',
      versions: { autodidact: '0.1.0' },
      seed: 0,
      maxParallelRuns: 1,
      epochs: 2,
    },
    totalSteps: 10,
    files: { 'bundle.mjs': 'export default 1;\n', 'source/simclr.ssl.ts': '// source\n' },
  };
}
