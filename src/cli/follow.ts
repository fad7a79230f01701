/** Follows a run in the terminal until it ends or the person leaves. */
import { setTimeout } from 'node:timers/promises';
import type { RunEvent, RunSummary } from '../protocol/run.js';
import { requestControl } from '../runs/control.js';
import { toJson } from '../runs/files.js';
import { followEvents } from '../runs/follow.js';
import { isLive } from '../runs/liveness.js';
import { readRun } from '../runs/read.js';
import { done, failed } from './command.js';
import { paint, plain } from './format.js';
import { RunHistory, summaryData, summaryText } from './history.js';
import { LiveView } from './live-view.js';

/** Exit code of a program that was left by Ctrl-C. */
const left = 130;

/**
 * Shows what happens from the time `since` (milliseconds since 1970) on, and a summary at the end. Resolves with the
 * exit code: 0 if the run finished. Ctrl-C asks the run to stop with a checkpoint; the second one leaves it running.
 */
export async function followRun(folder: string, options: { json: boolean; since: number }): Promise<number> {
  const { json, since } = options;
  const history = new RunHistory();
  let run = await readRun(folder);
  const view = json ? undefined : new LiveView(run, history);
  if (json) printJson({ type: 'run', id: run.id, folder });
  else console.log(`${paint('bold', plain(run.name))}  ${paint('dim', run.id)}`);

  const follower = followEvents(folder, {
    events(batch: readonly RunEvent[]) {
      for (const event of batch) {
        history.events([event]);
        if (event.time < since) continue;
        if (json) printJson(event);
        else view?.event(event);
      }
    },
    restart: () => history.restart(),
  });
  const leaving = new AbortController();
  let asked = false;
  const interrupt = () => {
    if (asked) return leaving.abort();
    asked = true;
    view?.line('Stopping with a checkpoint. Press Ctrl-C again to leave it running.');
    try {
      requestControl(folder, 'stop');
    } catch {
      // The folder is gone; the reading below says so.
    }
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  try {
    await follower.caughtUp;
    for (;;) {
      run = await readRun(folder);
      if (!isLive(run.state)) break;
      view?.update(run);
      await setTimeout(500, undefined, { signal: leaving.signal });
    }
    // The state is written after the last event.
    await follower.read();
  } catch (error) {
    if (!leaving.signal.aborted) throw error;
    view?.end();
    console.error(`\n${run.id} goes on in the background.\n  autodidact stop ${run.id}\n  autodidact show ${run.id}`);
    return left;
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
    view?.end();
    follower.close();
  }
  if (json) printJson({ type: 'summary', ...summaryData(run, history) });
  else printEnd(run, history);
  return run.state === 'finished' ? done : failed;
}

function printEnd(run: RunSummary, history: RunHistory): void {
  console.log(`\n${summaryText(run, history)}`);
  const continues = run.state !== 'finished' && history.checkpoints.length > 0;
  if (continues) console.log(`\nContinue it: autodidact resume ${run.id}`);
}

/** One line of JSON on the output; what is not finite is a string. */
export function printJson(value: unknown): void {
  process.stdout.write(`${toJson(value)}\n`);
}
