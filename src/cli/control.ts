/** pause, resume and stop. */
import { setTimeout } from 'node:timers/promises';
import type { RunSummary } from '../protocol/run.js';
import { requestControl } from '../runs/control.js';
import { isLive } from '../runs/liveness.js';
import { stopRun } from '../runs/manage.js';
import { readRun } from '../runs/read.js';
import { resumeTraining } from '../trainer/launch.js';
import { type Command, done, failed, runDirOption, UsageError } from './command.js';
import { findRun } from './find-run.js';
import { followRun } from './follow.js';
import { detachOption, launchAndFollow, launcher } from './train.js';

const remarks = 'RUN is an id, the beginning of one, or the path of the folder of the run.';
/** Milliseconds that a trainer may take to answer: it finishes its step, or its evaluation, first. */
const patience = 60_000;

export const pause: Command = {
  summary: 'Pause a run; the next one that waits may train meanwhile.',
  positionals: ['RUN'],
  options: { 'run-dir': runDirOption },
  remarks,
  async run(args) {
    const run = await findRun(args);
    if (run.state === 'paused') return say(run);
    if (!isLive(run.state)) throw new UsageError(`${run.id} is ${run.state}: there is nothing to pause`);
    requestControl(run.folder, 'pause');
    const after = await waitFor(run.folder, ({ state }) => state === 'paused' || !isLive(state));
    say(after);
    return after.state === 'paused' ? done : failed;
  },
};

export const resume: Command = {
  summary: 'Continue a paused run, or one that ended early from its last checkpoint, and follow it here.',
  positionals: ['RUN'],
  options: {
    'run-dir': runDirOption,
    detach: detachOption,
    json: { type: 'boolean', help: 'Print one line of JSON per event instead of text.' },
  },
  remarks,
  async run(args) {
    const run = await findRun(args);
    const json = args.flag('json');
    if (run.state === 'finished') throw new UsageError(`${run.id} is finished: there is nothing to resume`);
    if (run.state === 'queued' || run.state === 'running') throw new UsageError(`${run.id} is ${run.state} already`);
    if (run.state !== 'paused')
      return launchAndFollow(json, args.flag('detach'), () => resumeTraining({ ...launcher, run: run.folder }));
    const since = Date.now();
    requestControl(run.folder, 'resume');
    if (!args.flag('detach')) return followRun(run.folder, { json, since });
    const after = await waitFor(run.folder, ({ state }) => state !== 'paused');
    say(after);
    return after.state === 'paused' ? failed : done;
  },
};

export const stop: Command = {
  summary: 'Stop a run with a checkpoint, from which it can be resumed.',
  positionals: ['RUN'],
  options: {
    'run-dir': runDirOption,
    force: { type: 'boolean', help: 'Kill it if it has not stopped after 10 seconds.' },
  },
  remarks,
  async run(args) {
    const run = await findRun(args);
    if (!isLive(run.state)) return say(run);
    if (args.flag('force')) {
      await stopRun(run.folder, 10_000);
      return say(await readRun(run.folder));
    }
    requestControl(run.folder, 'stop');
    const after = await waitFor(run.folder, ({ state }) => !isLive(state));
    if (isLive(after.state)) {
      console.error(`${run.id} was asked to stop and is still ${after.state}; --force kills it.`);
      return failed;
    }
    return say(after);
  },
};

function say(run: RunSummary): number {
  console.log(`${run.id} is ${run.state}`);
  return done;
}

/** The run when it is as wanted, or as it is when patience ends. */
async function waitFor(folder: string, wanted: (run: RunSummary) => boolean): Promise<RunSummary> {
  const end = performance.now() + patience;
  for (;;) {
    const run = await readRun(folder);
    if (wanted(run) || performance.now() > end) return run;
    await setTimeout(100);
  }
}
