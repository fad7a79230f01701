/** The process behind one run: makes it, or takes it up again, and trains it. Its arguments: src/protocol/launch.ts. */
import inspector from 'node:inspector';
import type { TrainerMessage } from '../protocol/launch.js';
import { parseTrainerArguments } from './arguments.js';
import { resume } from './resume.js';
import { Rejection, start } from './start.js';

// Stacks name the lines of the user's own files.
process.setSourceMapsEnabled(true);
// Whoever started this may be gone, with the pipes.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

/** Tells the starter; resolves when it was told, or is not there. By hand there is none: the terminal is told. */
async function tell(message: TrainerMessage): Promise<void> {
  if (process.send === undefined) {
    // What there is to say of debuggers the inspector has said itself.
    if (message.kind === 'created') console.log(message.folder);
    if (message.kind === 'rejected') console.log(message.message);
    return;
  }
  await new Promise<void>((resolve) => {
    process.send?.(message, undefined, {}, () => resolve());
  });
}

/** Whoever can reach this port can run code here: this machine alone, and only when a person asked for it. */
async function awaitDebugger(): Promise<void> {
  inspector.open(0, '127.0.0.1');
  await tell({ kind: 'debuggable', port: Number(new URL(inspector.url() as string).port) });
  inspector.waitForDebugger();
  await tell({ kind: 'debugged' });
}

const command = parseTrainerArguments(process.argv.slice(2));
if (command.command === 'start' && command.debug) await awaitDebugger();
let code: number;
try {
  code = command.command === 'start' ? await start(command, tell) : await resume(command, tell);
} catch (error) {
  if (!(error instanceof Rejection)) throw error;
  console.error(error.message);
  await tell({ kind: 'rejected', message: error.message, diagnostics: error.diagnostics });
  code = 2;
}
// Worker threads of the engine may still hold the process.
process.exit(code);
