// A reporter of vitest that writes what `npm test` counts, to the file that $TALLY names: how many tests passed, and what
// failed, also outside of tests, which vitest's JSON report does not have.
import { writeFileSync } from 'node:fs';
import path from 'node:path';

const said = (errors) => (errors[0]?.message ?? 'no message').split('\n')[0];

export default class Tally {
  onTestRunEnd(modules, unhandledErrors) {
    const failures = unhandledErrors.map((error) => `outside of tests: ${said([error])}`);
    let passed = 0;
    for (const module of modules) {
      const file = path.relative(process.cwd(), module.moduleId);
      for (const suite of [module, ...module.children.allSuites()])
        if (suite.errors().length > 0) failures.push(`${file}: ${said(suite.errors())}`);
      for (const test of module.children.allTests()) {
        const { state, errors } = test.result();
        if (state === 'passed') passed++;
        if (state === 'failed') failures.push(`${file} › ${test.fullName}: ${said(errors)}`);
      }
    }
    writeFileSync(process.env.TALLY, JSON.stringify({ passed, failures }));
  }
}
