/** What panels about an experiment have in common: which one, whether a newer picture is on its way, what is wrong. */
import { state } from 'lit/decorators.js';
import type { ExperimentTarget, PanelFault } from '../../src/protocol/panels.js';
import { Page } from './page.js';

/** Milliseconds: a repaint that takes less is not announced, so nothing blinks while a person types. */
const noticeable = 200;

export abstract class ExperimentPage extends Page {
  @state() protected target: ExperimentTarget | undefined;
  @state() protected fault: PanelFault | undefined;
  @state() protected busy = true;
  private busyTimer: ReturnType<typeof setTimeout> | undefined;

  /** Drops the picture: it is of another experiment. */
  protected abstract forget(): void;

  protected show(target: ExperimentTarget | undefined): void {
    const same = target?.file === this.target?.file && target?.exportName === this.target?.exportName;
    if (!same && this.target) {
      this.fault = undefined;
      this.forget();
    }
    this.target = target;
  }

  protected setBusy(busy: boolean): void {
    clearTimeout(this.busyTimer);
    if (!busy) this.busy = false;
    else
      this.busyTimer = setTimeout(() => {
        this.busy = true;
      }, noticeable);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.busyTimer);
  }
}
