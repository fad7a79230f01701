/** The Preview panel: one sample, and the views a method would be shown of it, repainted while a person types. */
import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-checkbox/index.js';
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { PreviewChoice, PreviewHostContract, PreviewViewContract } from '../../src/protocol/panels.js';
import type { Preview } from '../../src/protocol/previewer.js';
import { blockStyles } from '../shared/blocks/styles.js';
import { ExperimentPage } from '../shared/experiment-page.js';
import { afterPaint, connect, setTranslations, t } from '../shared/host.js';
import { emptyNotice, faultNotice } from '../shared/notices.js';
import { adoptStyles, pageStyles } from '../shared/page.js';
import { clampSample, firstChoice, followOps, switchOp } from './choice.js';
import { grid } from './grid.js';
import { header } from './header.js';
import { detailsLine, placeTooltip, tooltip } from './inspect.js';
import { ops } from './ops.js';
import { isWide, original } from './original.js';
import { previewStyles } from './styles.js';
import { neighbor, viewsOf } from './views.js';

adoptStyles(pageStyles, blockStyles, previewStyles);

@customElement('autodidact-preview')
export class PreviewPanel extends ExperimentPage {
  @state() private preview: Preview | undefined;
  @state() private choice: PreviewChoice = firstChoice;
  /** The view that Tab leads to, and the one that is pointed at or focused. */
  @state() private current = 0;
  @state() private inspected: number | undefined;
  @state() private pointedOp: number | undefined;

  /** False until a person chose something here: then the host's own first choice is shown. */
  private chosen = false;

  private readonly host = connect<PreviewViewContract, PreviewHostContract, PreviewChoice>(
    {},
    {
      target: (target) => this.show(target),
      busy: ({ busy }) => this.setBusy(busy),
      preview: ({ sequence, preview }) => this.receive(sequence, preview),
      fault: (fault) => {
        this.fault = fault;
      },
    },
  );

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener('keydown', this.onPageKey);
    void this.start();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener('keydown', this.onPageKey);
  }

  private async start(): Promise<void> {
    const choice = this.host.remembered;
    if (choice) {
      this.choice = choice;
      this.chosen = true;
    }
    const { target, translations } = await this.host.peer.request('start', { choice });
    setTranslations(translations);
    this.show(target);
    this.requestUpdate();
  }

  protected override forget(): void {
    this.preview = undefined;
  }

  private receive(sequence: number, preview: Preview): void {
    const disabled = followOps(this.choice.disabled, this.preview?.ops ?? preview.ops, preview.ops);
    const moved = disabled.join() !== this.choice.disabled.join();
    this.preview = preview;
    this.fault = undefined;
    this.current = Math.min(this.current, Math.max(0, viewsOf(preview.draws).length - 1));
    if (!this.chosen) this.choice = { ...this.choice, sample: preview.sample, draws: preview.draws.length };
    else if (moved) this.choose({ ...this.choice, disabled });
    else this.keep({ ...this.choice, sample: clampSample(this.choice.sample, preview.samples) });
    afterPaint(() => this.host.peer.notify('painted', { sequence }));
  }

  private keep(choice: PreviewChoice): void {
    this.choice = choice;
    this.host.remember(choice);
  }

  private choose(choice: PreviewChoice): void {
    this.chosen = true;
    this.keep(choice);
    void this.host.peer.request('choose', choice);
  }

  /** Left and right step through the samples while nothing else has the focus. */
  private readonly onPageKey = (event: KeyboardEvent) => {
    if (event.key === 'Escape') this.inspected = undefined;
    if (event.target !== document.body || !this.preview || event.altKey || event.ctrlKey || event.metaKey) return;
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step) this.choose({ ...this.choice, sample: clampSample(this.choice.sample + step, this.preview.samples) });
  };

  private readonly onGridKey = (event: KeyboardEvent) => {
    const views = [...this.querySelectorAll<HTMLElement>('.view')];
    const from = views.indexOf(event.target as HTMLElement);
    if (from < 0) return;
    const to = neighbor(
      views.map((view) => view.getBoundingClientRect()),
      from,
      event.key,
    );
    if (to === from) return;
    event.preventDefault();
    this.current = to;
    views[to]?.focus();
  };

  protected override updated(_changed: PropertyValues): void {
    placeTooltip(this, this.inspected);
  }

  protected override render(): TemplateResult {
    const { target, preview, choice, busy, fault } = this;
    if (!target && !preview)
      return emptyNotice('eye', t('Open an experiment (a file that ends in .ssl.ts) to see its views here.'));
    return html`
      ${target ? header({ target, preview, choice, busy, fault, change: (part) => this.choose({ ...choice, ...part }) }) : nothing}
      ${faultNotice(fault, (location) => void this.host.peer.request('reveal', location))}
      ${preview ? this.content(preview) : fault ? nothing : emptyNotice('loading codicon-modifier-spin', t('Preparing the first views'))}
    `;
  }

  private content(preview: Preview): TemplateResult {
    const views = viewsOf(preview.draws);
    const inspected = this.inspected === undefined ? undefined : views[this.inspected];
    const kind = [this.fault ? 'stale' : '', preview.ops.length === 0 ? 'no-ops' : '', isWide(preview) ? 'wide' : ''];
    return html`<main class="content ${kind.join(' ')}" aria-busy=${this.busy}>
      ${original(preview, inspected)}
      <section class="views" aria-label=${t('Views')}>
        ${grid({
          preview,
          current: this.current,
          inspected: this.inspected,
          op: this.pointedOp,
          inspect: (view) => {
            this.inspected = view;
          },
          onKey: this.onGridKey,
        })}
        ${detailsLine(inspected, views, preview.sample)}
      </section>
      ${ops({
        preview,
        views,
        disabled: this.choice.disabled,
        inspected,
        point: (op) => {
          this.pointedOp = op;
        },
        toggle: (op, on) => this.choose(switchOp(this.choice, op, on)),
      })}
      ${tooltip(inspected)}
    </main>`;
  }
}
