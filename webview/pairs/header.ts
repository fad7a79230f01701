/** The bars above the pictures: which experiment, which pictures, which weights. */
import { html, nothing, type TemplateResult } from 'lit';
import type {
  CheckpointChoice,
  ExperimentTarget,
  PairsChoice,
  PairsViewContract,
  PanelFault,
} from '../../src/protocol/panels.js';
import { t } from '../shared/host.js';
import { icon } from '../shared/icons.js';
import { freshness, targetName } from '../shared/notices.js';

export type Received = PairsViewContract['events']['pairs'];

export interface HeaderModel {
  readonly target: ExperimentTarget;
  readonly received: Received | undefined;
  readonly choice: PairsChoice;
  readonly busy: boolean;
  readonly fault: PanelFault | undefined;
  readonly replaying: boolean;
  change(part: Partial<PairsChoice>): void;
  replay(): void;
}

const sampleCounts = [8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256];

export function header(model: HeaderModel): TemplateResult {
  const { target, received, choice } = model;
  return html`<header>
    <div class="row bar">
      <div class="row what">
        <h1 title=${target.file}>${targetName(target)}</h1>
        <span class="muted">
          ${received ? t('{0} · {1} of the {2} samples of a batch', received.pairs.methodTitle, received.pairs.samples, received.pairs.batchSize) : ''}
        </span>
      </div>
      <div class="row">
        ${samples(model)}
        <span class="control">
          <label for="batch">${t('batch')}</label>
          <input id="batch" type="number" min="0" step="1" .value=${String(choice.batch)}
            title=${t('Which batch of the first epoch, from 0')}
            @change=${(event: Event) => model.change({ batch: Math.max(0, Math.trunc(Number((event.target as HTMLInputElement).value)) || 0) })} />
        </span>
        ${freshness(model.busy, model.fault)}
      </div>
    </div>
    ${received ? weights(model, received) : nothing}
  </header>`;
}

function samples({ received, choice, change }: HeaderModel): TemplateResult {
  const most = received?.pairs.batchSize ?? choice.samples;
  const counts = [...new Set([...sampleCounts.filter((count) => count <= most), choice.samples])].sort((a, b) => a - b);
  return html`<span class="control">
    <label for="samples">${t('samples')}</label>
    <select id="samples" @change=${(event: Event) => change({ samples: Number((event.target as HTMLSelectElement).value) })}>
      ${counts.map((count) => html`<option value=${count} ?selected=${count === choice.samples}>${count}</option>`)}
    </select>
  </span>`;
}

/** Which run, and how far into its training: from the untrained network to the last checkpoint. */
function weights(model: HeaderModel, { checkpoints, runs }: Received): TemplateResult {
  const { choice, change } = model;
  const last = checkpoints.length - 1;
  const at = Math.max(0, Math.min(last, choice.checkpoint ?? last));
  const label = (checkpoint: CheckpointChoice | undefined) => checkpoint?.label ?? t('untrained');
  // At the end of the slider a run in training is followed.
  const go = (index: number) => change({ checkpoint: index >= last ? undefined : index });
  const replay = model.replaying ? t('Stop') : t('Replay');
  return html`<div class="row bar weights">
    <span class="control">
      <label for="run">${t('run')}</label>
      <select id="run" ?disabled=${runs.length === 0}
        @change=${(event: Event) => change({ run: (event.target as HTMLSelectElement).value || undefined, checkpoint: undefined })}>
        <option value="" ?selected=${choice.run === undefined}>${t('none (untrained network)')}</option>
        ${runs.map(({ folder, name }) => html`<option value=${folder} ?selected=${folder === choice.run}>${name}</option>`)}
      </select>
    </span>
    ${
      last < 1
        ? html`<span class="muted grow">
            ${runs.length === 0 ? t('Train this experiment to see how its checkpoints compare the same pictures.') : t('Choose a run to see its checkpoints.')}
          </span>`
        : html`<span class="control grow checkpoint">
            <span class="muted ends">${label(checkpoints[0])}</span>
            <input type="range" min="0" max=${last} step="1" .value=${String(at)}
              aria-label=${t('Checkpoint')} aria-valuetext=${label(checkpoints[at])}
              @input=${(event: Event) => go(Number((event.target as HTMLInputElement).value))} />
            <span class="muted ends">${label(checkpoints[last])}</span>
          </span>`
    }
    <span class="mark shown" role="status">${label(checkpoints[at])}</span>
    <vscode-button secondary ?disabled=${last < 1} title=${t('Play the checkpoints from the untrained network on')}
      @click=${model.replay}>${icon(model.replaying ? 'debug-stop' : 'play')} ${replay}</vscode-button>
  </div>`;
}
