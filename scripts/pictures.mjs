// `npm run pictures`: takes the screenshots of the README anew, from the tour that the tests make.
import { execFileSync } from 'node:child_process';
import { cpSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { root } from './dependencies.mjs';

const test = ['scripts/test.mjs', '--only', 'vscode', 'test/vscode/pictures.test.ts', 'test/vscode/debugging.test.ts'];
execFileSync(process.execPath, test, {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, AUTODIDACT_PICTURES: 'whole' },
});
const taken = path.join(root, 'test/out/pictures');
for (const name of readdirSync(taken)) cpSync(path.join(taken, name), path.join(root, 'media', name));
