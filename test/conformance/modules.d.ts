/** Modules without types, or with types that their package does not export. */
declare module 'jasmine-core/lib/jasmine-core/jasmine.js' {
  interface Jasmine {
    getEnv(options: object): object;
  }
  const jasmineRequire: {
    core(required: unknown): Jasmine;
    interface(jasmine: Jasmine, environment: object): object;
  };
  export default jasmineRequire;
}
declare module '@tensorflow/tfjs-core/dist/register_all_gradients';
declare module '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';
declare module '@tensorflow/tfjs-core/dist/jasmine_util' {
  export function setTestEnvs(
    environments: readonly { name: string; backendName: string; isDataSync: boolean }[],
  ): void;
}
declare module '@tensorflow/tfjs-core/dist/*_test.js';
