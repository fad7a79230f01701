/** The Pairs panel: what a method compares in a batch, with the weights of the untrained network or of a checkpoint. */
import * as vscode from 'vscode';
import type {
  CheckpointChoice,
  ExperimentTarget,
  PairsChoice,
  PairsHostContract,
  PairsViewContract,
} from '../../protocol/panels.js';
import type { RunSummary } from '../../protocol/run.js';
import { type Follower, followEvents } from '../../runs/follow.js';
import type { RunLibrary } from '../run-library.js';
import { CheckpointList } from './checkpoints.js';
import { ExperimentPanel, type ExperimentPanelParts } from './experiment-panel.js';
import { reveal } from './reveal.js';

const firstChoice: PairsChoice = { samples: 12, batch: 0 };

interface FollowedRun {
  readonly folder: string;
  readonly checkpoints: CheckpointList;
  readonly follower: Follower;
}

export class PairsPanel extends ExperimentPanel<PairsHostContract, PairsViewContract> {
  private choice = firstChoice;
  private followed: FollowedRun | undefined;

  constructor(
    parts: ExperimentPanelParts,
    private readonly library: RunLibrary,
  ) {
    super(parts, 'pairs', vscode.l10n.t('Pairs'));
  }

  /** Shows the pairs at the checkpoints of a run. */
  showRun({ folder, facts: { file, exportName } }: RunSummary): void {
    this.choice = { ...this.choice, run: folder, checkpoint: undefined };
    this.parts.active.set({ file, exportName });
    if (this.visible) this.update();
    else this.open();
  }

  protected requests() {
    return {
      start: ({ choice }: { choice: PairsChoice | undefined }) => {
        // A run that a person asked for before the page was there wins over what the page remembers.
        const { run } = this.choice;
        this.choice = {
          ...firstChoice,
          ...choice,
          ...(run !== undefined && { run, checkpoint: this.choice.checkpoint }),
        };
        this.start();
        return { target: this.target, translations: this.translations };
      },
      choose: (choice: PairsChoice) => {
        this.choice = choice;
        this.update();
        return null;
      },
      reveal,
    };
  }

  protected events() {
    return {
      painted: ({ sequence }: { sequence: number }) => this.context.log.trace(`pairs ${sequence} painted`),
    };
  }

  protected override closed(): void {
    super.closed();
    this.unfollow();
    this.choice = { ...this.choice, run: undefined, checkpoint: undefined };
  }

  protected async look(target: ExperimentTarget, signal: AbortSignal): Promise<void> {
    const runs = this.library.of(target);
    const run = runs.find(({ folder }) => folder === this.choice.run);
    // Another experiment has other runs.
    const choice: PairsChoice =
      run === undefined ? { ...this.choice, run: undefined, checkpoint: undefined } : this.choice;
    const checkpoints = await this.checkpointsOf(run);
    // Without a choice the newest weights are followed.
    const index = Math.min(choice.checkpoint ?? checkpoints.length - 1, checkpoints.length - 1);
    const { run: folder, file } = checkpoints[index] ?? {};
    if (signal.aborted) return;
    const pairs = await this.parts.previewer.request(
      'pairs',
      {
        file: target.file,
        exportName: target.exportName,
        overlays: this.parts.diagnostics.textsOf(target.file),
        samples: choice.samples,
        batch: choice.batch,
        checkpoint: folder === undefined || file === undefined ? undefined : { run: folder, file },
      },
      signal,
    );
    const offered = runs.map(({ folder, name, state }) => ({ folder, name, state }));
    this.notify('pairs', { sequence: ++this.sequence, pairs, choice, checkpoints, runs: offered });
  }

  /** The untrained network, then what the run has saved so far; new checkpoints repaint the panel. */
  private async checkpointsOf(run: RunSummary | undefined): Promise<CheckpointChoice[]> {
    const untrained: CheckpointChoice = { label: vscode.l10n.t('untrained'), epoch: 0 };
    if (run === undefined) this.unfollow();
    else if (this.followed?.folder !== run.folder) this.follow(run.folder);
    if (this.followed === undefined) return [untrained];
    const { folder, checkpoints, follower } = this.followed;
    await follower.caughtUp;
    const saved = checkpoints.list.map(({ file, epoch }) => ({
      label: vscode.l10n.t('epoch {0}', Number(epoch.toFixed(2))),
      epoch,
      run: folder,
      file,
    }));
    return [untrained, ...saved];
  }

  private follow(folder: string): void {
    this.unfollow();
    let caughtUp = false;
    const checkpoints = new CheckpointList(folder, () => {
      if (caughtUp) this.update();
    });
    const follower = followEvents(folder, checkpoints, (error) => this.context.log.debug(`reading ${folder}`, error));
    this.followed = { folder, checkpoints, follower };
    void follower.caughtUp.then(
      () => {
        caughtUp = true;
      },
      (error) => this.context.log.debug(`reading ${folder}`, error),
    );
  }

  private unfollow(): void {
    this.followed?.follower.close();
    this.followed = undefined;
  }
}
