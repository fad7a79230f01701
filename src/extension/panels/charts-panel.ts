/** The Charts panel: the recorded points of runs, first what is there, then what comes. */
import path from 'node:path';
import * as vscode from 'vscode';
import type {
  ChartRun,
  ChartsChoice,
  ChartsHostContract,
  ChartsViewContract,
  SeriesUpdate,
} from '../../protocol/panels.js';
import type { RunSummary } from '../../protocol/run.js';
import { type Follower, followEvents } from '../../runs/follow.js';
import { SeriesStore } from '../../runs/series-store.js';
import type { Context } from '../context.js';
import type { RunLibrary } from '../run-library.js';
import { Panel, type PanelPlace } from './panel.js';

const firstChoice: ChartsChoice = { x: 'step', smoothing: 0.6, logX: false, logY: false };
/** Milliseconds that points are gathered before they are sent: several times in the lag people may see. */
const gather = 40;
/** Milliseconds between lists of runs while they change. */
const calm = 500;
/** A person picks from the newest runs; older ones are listed when they are drawn. */
const listed = 200;

interface Followed {
  readonly store: SeriesStore;
  readonly follower: Follower;
  timer: NodeJS.Timeout | undefined;
}

export class ChartsPanel extends Panel<ChartsHostContract, ChartsViewContract> {
  private choice = firstChoice;
  private readonly followed = new Map<string, Followed>();
  /** When the newest point of an update was recorded, by run and number: ends at `drawn`. */
  private readonly recorded = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;
  private readonly listener: vscode.Disposable;

  constructor(
    context: Context,
    place: PanelPlace,
    private readonly library: RunLibrary,
    private readonly showPairs: (run: RunSummary) => void,
  ) {
    super(context, place, 'charts', vscode.l10n.t('Charts'));
    this.listener = library.onDidChange(() => {
      this.timer ??= setTimeout(() => {
        this.timer = undefined;
        this.notify('runs', { runs: this.runs() });
      }, calm);
    });
  }

  /** Opens the charts of these runs; without any, those that were drawn last. */
  show(runs: readonly string[]): void {
    this.open();
    if (runs.length === 0) return;
    this.choice = { ...this.choice, runs };
    this.notify('runs', { runs: this.runs() });
    this.notify('show', { runs });
  }

  override dispose(): void {
    this.listener.dispose();
    this.closed();
    super.dispose();
  }

  protected requests() {
    return {
      start: async ({ choice }: { choice: ChartsChoice | undefined }) => {
        // After a reload the page is there before the list of runs.
        await this.library.ready;
        // A run that a person asked for before the page was there wins over what the page remembers.
        this.choice = { ...firstChoice, ...choice, ...(this.choice.runs && { runs: this.choice.runs }) };
        this.start();
        return { choice: this.choice, runs: this.runs(), translations: this.translations };
      },
      choose: (choice: ChartsChoice) => {
        this.choice = choice;
        if (choice.runs !== undefined) this.forgetBut(choice.runs);
        return null;
      },
      snapshot: ({ run }: { run: string }) => this.snapshot(run),
      save: this.save,
      showPairs: ({ run }: { run: string }) => {
        const summary = this.library.get(run);
        if (summary !== undefined) this.showPairs(summary);
        return null;
      },
    };
  }

  protected events() {
    return {
      drawn: ({ run, sequence }: { run: string; sequence: number }) => {
        const time = this.recorded.get(`${run} ${sequence}`);
        if (time === undefined) return;
        this.recorded.delete(`${run} ${sequence}`);
        const lag = Date.now() - time;
        this.context.measurements.chart(lag);
        this.context.log.trace(`recorded to drawn: ${lag} ms`);
      },
    };
  }

  /** The reply to `start` had everything. */
  protected started(): void {}

  protected closed(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.forgetBut([]);
    this.choice = { ...this.choice, runs: undefined };
  }

  private runs(): ChartRun[] {
    const drawn = new Set(this.choice.runs);
    return this.library.runs
      .filter(({ id }, index) => index < listed || drawn.has(id))
      .map((summary) => {
        const { facts } = summary;
        // The spec tells runs apart; file lists and versions only cost time on their way.
        return {
          summary: { ...summary, facts: { ...facts, sources: [], versions: {} } },
          metrics: facts.metrics ?? {},
        };
      });
  }

  private async snapshot(run: string): Promise<SeriesUpdate> {
    const summary = this.library.get(run);
    if (summary === undefined) throw new Error(vscode.l10n.t('The run {0} is gone.', run));
    const followed = this.followed.get(run) ?? this.follow(run, summary.folder);
    await followed.follower.caughtUp;
    return followed.store.snapshot();
  }

  private follow(run: string, folder: string): Followed {
    const store = new SeriesStore(run, (update) => {
      this.measure(update);
      this.notify('update', update);
    });
    const flushSoon = () => {
      followed.timer ??= setTimeout(() => {
        followed.timer = undefined;
        // Without a page to hear it, points gather in the store.
        if (this.visible) store.flush();
      }, gather);
    };
    const follower = followEvents(
      folder,
      {
        events: (batch) => {
          store.events(batch);
          flushSoon();
        },
        restart: () => store.restart(),
      },
      (error) => this.context.log.debug(`reading ${folder}`, error),
    );
    const followed: Followed = { store, follower, timer: undefined };
    this.followed.set(run, followed);
    return followed;
  }

  private forgetBut(runs: readonly string[]): void {
    for (const [run, { follower, timer }] of this.followed) {
      if (runs.includes(run)) continue;
      follower.close();
      clearTimeout(timer);
      this.followed.delete(run);
    }
  }

  private measure({ run, sequence, from, series }: SeriesUpdate): void {
    if (from === 0) return;
    const newest = series.reduce((time, s) => Math.max(time, s.time.at(-1) ?? 0), 0);
    // Updates that no page has drawn are of no interest later.
    if (this.recorded.size > 100) this.recorded.clear();
    if (newest > 0) this.recorded.set(`${run} ${sequence}`, newest);
  }

  private readonly save = async ({ suggestedName, content }: { suggestedName: string; content: Uint8Array }) => {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    const name = path.basename(suggestedName);
    const target = await vscode.window.showSaveDialog({
      defaultUri: folder === undefined ? vscode.Uri.file(name) : vscode.Uri.joinPath(folder, name),
    });
    if (target === undefined) return { saved: false };
    await vscode.workspace.fs.writeFile(target, content);
    return { saved: true };
  };
}
