/** The training loop: steps, evaluations, checkpoints, alerts and requests, in an order that resuming can repeat. */
import type { Experiment } from '../experiment/experiment.js';
import type { Progress } from '../runs/checkpoint-file.js';
import type { RunWriter } from '../runs/writer.js';
import type { Alerts } from './alerts.js';
import { type BatchFeed, toTensors } from './batches.js';
import { NotFiniteError, pruneCheckpoints, writeCheckpoint } from './checkpoints.js';
import type { Commands } from './commands.js';
import type { Evaluator, Occasion } from './evaluator.js';
import type { Recorder } from './recorder.js';
import type { Stepper } from './step.js';

/** The loss is NaN or infinite: the weights are spoiled, and the run ends at its last good checkpoint. */
export class Diverged extends Error {
  override name = 'Diverged';
}

export interface LoopParts {
  readonly experiment: Experiment;
  readonly writer: RunWriter;
  readonly recorder: Recorder;
  readonly commands: Commands;
  readonly stepper: Stepper;
  readonly evaluator: Evaluator;
  readonly alerts: Alerts;
  readonly feed: BatchFeed;
}

export class Loop {
  /** @param progress where the run stands: its checkpoint, or step 0. */
  constructor(
    private readonly parts: LoopParts,
    private progress: Progress,
  ) {}

  /** Trains to the end. Rejects with a Stop, with Diverged, or with what went wrong. */
  async run(): Promise<void> {
    const { commands, recorder, experiment } = this.parts;
    const { stepsPerEpoch } = this.progress;
    const totalSteps = experiment.epochs * stepsPerEpoch;
    try {
      recorder.moveTo(this.progress.step);
      if (this.progress.step % stepsPerEpoch === 0 && !this.progress.evaluated) await this.boundary(totalSteps);
      while (this.progress.step < totalSteps) {
        await this.obey();
        await this.step();
        if (this.progress.step % stepsPerEpoch === 0) await this.boundary(totalSteps);
        // Notices of the file system and the timers get their turn.
        await new Promise(setImmediate);
      }
    } catch (error) {
      // A Stop, from wherever it was noticed, keeps what was learned so far.
      if (commands.signal.aborted && error === commands.signal.reason) await this.save();
      throw error;
    }
  }

  private async step(): Promise<void> {
    const { feed, stepper, recorder, alerts, evaluator } = this.parts;
    const { step, stepsPerEpoch } = this.progress;
    const began = performance.now();
    const batch = await feed.batch(Math.floor(step / stepsPerEpoch), step % stepsPerEpoch);
    const values = await stepper.take(step, toTensors(batch));
    this.progress = { ...this.progress, step: step + 1, evaluated: false };
    recorder.metrics(step + 1, values, performance.now() - began);
    const { loss, gradientNorm } = values as { loss: number; gradientNorm: number };
    if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm))
      throw new Diverged(
        `The loss is ${loss} and the gradient's norm ${gradientNorm} after ${step + 1} steps. Lower the learning rate, or set clipNorm; the last good checkpoint is kept.`,
      );
    alerts.step(loss);
    if (evaluator.headline === undefined) recorder.headline({ metric: 'loss', value: loss });
  }

  /** Between two epochs, before the first and after the last one: evaluate, and keep a checkpoint. */
  private async boundary(totalSteps: number): Promise<void> {
    const { experiment, alerts } = this.parts;
    const { step, stepsPerEpoch } = this.progress;
    const epoch = step / stepsPerEpoch;
    const [first, last] = [step === 0, step === totalSteps];
    // These evaluations take long, and the first checkpoint is what the Pairs panel can show meanwhile.
    if (first || last) await this.save();
    if (!first) for (const alert of alerts.epoch()) this.raise(alert);
    await this.evaluate(first ? 'untrained' : last ? 'end' : 'epoch');
    this.progress = { ...this.progress, evaluated: true, alerts: alerts.active };
    const best = this.progress.headline?.bestStep === step;
    if (first || last || best || epoch % experiment.checkpointEvery === 0) await this.save();
  }

  private async evaluate(occasion: Occasion): Promise<void> {
    const { evaluator, recorder, alerts, commands } = this.parts;
    const values = await evaluator.run(occasion, commands.signal);
    recorder.evaluation(values);
    if (occasion !== 'untrained') for (const alert of alerts.evaluation(values)) this.raise(alert);
    this.judge(occasion, values);
  }

  /** Keeps the headline: the main evaluation beside its untrained and its best value. */
  private judge(occasion: Occasion, values: Readonly<Record<string, number>>): void {
    const { evaluator, recorder } = this.parts;
    const metric = evaluator.headline;
    const value = metric === undefined ? undefined : values[metric];
    if (metric === undefined || value === undefined) return;
    const { step, headline } = this.progress;
    const untrained = occasion === 'untrained' ? value : headline?.untrained;
    const better = headline === undefined || value > headline.best;
    const best = better ? { best: value, bestStep: step } : { best: headline.best, bestStep: headline.bestStep };
    this.progress = { ...this.progress, headline: { metric, value, untrained, ...best } };
    recorder.headline(this.progress.headline);
  }

  private raise(alert: Parameters<Recorder['alert']>[0]): void {
    this.parts.recorder.alert(alert);
  }

  private async save(): Promise<void> {
    const { writer, stepper, recorder, experiment } = this.parts;
    try {
      recorder.checkpoint(await writeCheckpoint(writer.folder, stepper.variables, this.progress));
    } catch (error) {
      if (error instanceof NotFiniteError) throw new Diverged(`${error.message}.`, { cause: error });
      throw error;
    }
    pruneCheckpoints(writer.folder, experiment.keepCheckpoints, this.progress.headline?.bestStep);
  }

  /** Does what was asked for since the last step. */
  private async obey(): Promise<void> {
    const { commands, writer } = this.parts;
    const { pause, checkpoint, evaluate } = commands.look();
    if (evaluate) await this.evaluate('asked');
    // An evaluation may have been the best so far, and the best is kept.
    if (evaluate || checkpoint || pause) await this.save();
    if (!pause) return;
    // Whoever waits may train meanwhile; going on means to queue again.
    writer.turn.release();
    writer.setState('paused');
    await commands.resumed();
    await takeTurn(writer, commands.signal);
  }
}

/** Waits until the run may train, and says so in its status. */
export async function takeTurn(writer: RunWriter, signal: AbortSignal): Promise<void> {
  await writer.turn.wait(writer.facts.maxParallelRuns, signal, (runs) => {
    writer.setState('queued', runs === 1 ? 'Waits for another run to end.' : `Waits for ${runs} runs to end.`);
  });
  writer.setState('running');
}
