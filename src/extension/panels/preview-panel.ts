/** The Preview panel: the views that a method makes of a sample, from the unsaved text. */
import * as vscode from 'vscode';
import type {
  ExperimentTarget,
  PreviewChoice,
  PreviewHostContract,
  PreviewViewContract,
} from '../../protocol/panels.js';
import { ExperimentPanel, type ExperimentPanelParts } from './experiment-panel.js';
import { reveal } from './reveal.js';

const firstChoice: PreviewChoice = { sample: 0, reroll: 0, draws: 6, disabled: [] };

export class PreviewPanel extends ExperimentPanel<PreviewHostContract, PreviewViewContract> {
  private choice = firstChoice;
  /** The edit that led to the picture of a sequence number: the end of the measurement is when that is painted. */
  private readonly edits = new Map<number, number>();

  constructor(parts: ExperimentPanelParts) {
    super(parts, 'preview', vscode.l10n.t('Preview'));
  }

  protected requests() {
    return {
      start: ({ choice }: { choice: PreviewChoice | undefined }) => {
        this.choice = choice ?? firstChoice;
        this.start();
        return { target: this.target, translations: this.translations };
      },
      choose: (choice: PreviewChoice) => {
        this.choice = choice;
        this.update();
        return null;
      },
      reveal,
    };
  }

  protected events() {
    return {
      painted: ({ sequence }: { sequence: number }) => {
        const edited = this.edits.get(sequence);
        for (const older of this.edits.keys()) if (older <= sequence) this.edits.delete(older);
        if (edited === undefined) return;
        const elapsed = performance.now() - edited;
        this.context.measurements.preview(elapsed);
        this.context.log.trace(`edit to preview: ${elapsed.toFixed(0)} ms`);
      },
    };
  }

  protected async look({ file, exportName }: ExperimentTarget, signal: AbortSignal): Promise<void> {
    const { sample, reroll, draws, disabled } = this.choice;
    const { edited } = this;
    const preview = await this.parts.previewer.request(
      'preview',
      { file, exportName, overlays: this.parts.diagnostics.textsOf(file), sample, reroll, draws, disabled },
      signal,
    );
    const sequence = ++this.sequence;
    // Only the first picture after an edit answers it.
    if (edited !== undefined) this.edits.set(sequence, edited);
    if (this.edited === edited) this.edited = undefined;
    this.notify('preview', { sequence, preview });
  }
}
