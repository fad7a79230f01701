// A parent of a previewer that gets stuck in the text given: sends the previewer's process id when it no longer answers.
import { fork } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const dist = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../dist/previewer.js');
const child = fork(dist, [], { serialization: 'advanced', execArgv: [], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
const file = path.resolve('stuck.ssl.ts');
let answered = Date.now();
child.on('message', () => {
  answered = Date.now();
});
child.once('message', () => {
  const params = { file, overlays: { [file]: process.argv[2] } };
  child.send({ kind: 'request', id: 1, method: 'inspect', params });
  const timer = setInterval(() => {
    child.send({ kind: 'request', id: 2, method: 'ping', params: null });
    if (Date.now() - answered < 700) return;
    clearInterval(timer);
    process.send(child.pid);
  }, 100);
});
