/** One card per op of the pipeline: its options, its switch, and what it did. */
import { html, type TemplateResult } from 'lit';
import type { PipelineOp, Preview } from '../../src/protocol/previewer.js';
import { t } from '../shared/host.js';
import { drawnText, wasApplied } from '../shared/trace.js';
import { shortValue } from '../shared/values.js';
import type { View } from './views.js';

export interface OpsModel {
  readonly preview: Preview;
  readonly views: readonly View[];
  readonly disabled: readonly number[];
  readonly inspected: View | undefined;
  point(op: number | undefined): void;
  toggle(op: number, on: boolean): void;
}

export function ops(model: OpsModel): TemplateResult {
  return html`<section class="ops" aria-label=${t('Pipeline')}>
    ${
      model.preview.ops.length === 0
        ? html`<p class="muted">${t('This method uses no augmentations.')}</p>`
        : model.preview.ops.map((op) => card(model, op))
    }
  </section>`;
}

function card(model: OpsModel, { index, op, options }: PipelineOp): TemplateResult {
  const on = !model.disabled.includes(index);
  const { inspected } = model;
  const untouched = inspected && !wasApplied(inspected.tile.trace, index);
  return html`<div class="card op-card smooth ${on && !untouched ? '' : 'off'}"
    @pointerenter=${() => model.point(index)} @pointerleave=${() => model.point(undefined)}
    @focusin=${() => model.point(index)} @focusout=${() => model.point(undefined)}>
    <vscode-checkbox toggle .checked=${on}
      @change=${(event: Event) => model.toggle(index, (event.target as HTMLInputElement).checked)}>${op}</vscode-checkbox>
    <div>
      <p class="options mono muted">
        ${Object.entries(options).map(([name, value]) => html`<span>${name} <b>${shortValue(value)}</b></span>`)}
      </p>
      <p class="effect">${effect(model, index, on)}</p>
    </div>
  </div>`;
}

/** What was drawn for the view a person points at, else how often the op was applied. */
function effect({ inspected, views }: OpsModel, index: number, on: boolean): string {
  if (!on) return t('switched off');
  const drawn = inspected?.tile.trace?.find((op) => op.index === index);
  if (drawn) return drawn.applied ? drawnText(drawn) || t('applied') : t('not applied');
  // A method may show pictures of its own making, of which nobody knows what was done to them.
  const traced = views.filter(({ tile }) => tile.trace !== undefined);
  if (traced.length === 0) return '';
  const touched = traced.filter(({ tile }) => wasApplied(tile.trace, index)).length;
  return t('applied to {0} of {1} views', touched, traced.length);
}
