/** The Pairs panel: what a method compares in a batch, and what its loss makes of it, at any checkpoint of a run. */
import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-checkbox/index.js';
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { PairsChoice, PairsHostContract, PairsViewContract } from '../../src/protocol/panels.js';
import { blockStyles } from '../shared/blocks/styles.js';
import { ExperimentPage } from '../shared/experiment-page.js';
import { afterPaint, connect, setTranslations, t } from '../shared/host.js';
import { emptyNotice, faultNotice } from '../shared/notices.js';
import { adoptStyles, pageStyles } from '../shared/page.js';
import { block } from './blocks.js';
import type { Look } from './comparison.js';
import { header, type Received } from './header.js';
import { Replay } from './replay.js';
import { pairsStyles } from './styles.js';

adoptStyles(pageStyles, blockStyles, pairsStyles);

/** What outlives the page. */
interface Remembered {
  readonly choice?: PairsChoice;
  /** How each block is looked at, by its position. */
  readonly looks: readonly Look[];
}

const same = (a: PairsChoice, b: PairsChoice): boolean =>
  a.samples === b.samples && a.batch === b.batch && a.run === b.run && a.checkpoint === b.checkpoint;

@customElement('autodidact-pairs')
export class PairsPanel extends ExperimentPage {
  @state() private received: Received | undefined;
  @state() private choice: PairsChoice = { samples: 24, batch: 0 };
  @state() private looks: readonly Look[] = [];
  @state() private replaying = false;
  /** What was asked for last and has not been seen yet: older answers must not move the controls back. */
  private asked: PairsChoice | undefined;

  private readonly host = connect<PairsViewContract, PairsHostContract, Remembered>(
    {},
    {
      target: (target) => this.show(target),
      busy: ({ busy }) => {
        this.setBusy(busy);
        if (!busy) this.settle();
      },
      pairs: (received) => this.receive(received),
      fault: (fault) => {
        this.fault = fault;
        this.stopReplay();
      },
    },
  );

  private readonly replay = new Replay(
    (checkpoint) => this.ask({ ...this.choice, checkpoint }),
    () => {
      this.replaying = false;
      this.ask({ ...this.choice, checkpoint: undefined });
    },
  );

  override connectedCallback(): void {
    super.connectedCallback();
    void this.start();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stopReplay();
  }

  private async start(): Promise<void> {
    const remembered = this.host.remembered;
    if (remembered?.choice) this.choice = remembered.choice;
    this.looks = remembered?.looks ?? [];
    const { target, translations } = await this.host.peer.request('start', { choice: remembered?.choice });
    setTranslations(translations);
    this.show(target);
    this.requestUpdate();
  }

  protected override forget(): void {
    this.received = undefined;
    this.stopReplay();
  }

  private receive(received: Received): void {
    this.received = received;
    this.fault = undefined;
    if (!this.asked || same(this.asked, received.choice)) this.settle();
    const { checkpoints, choice } = received;
    this.replay.shown(choice.checkpoint ?? checkpoints.length - 1, checkpoints.length);
    afterPaint(() => this.host.peer.notify('painted', { sequence: received.sequence }));
  }

  /** The controls show what the picture shows. */
  private settle(): void {
    this.asked = undefined;
    if (this.received) this.choice = this.received.choice;
  }

  private ask(choice: PairsChoice): void {
    this.choice = choice;
    this.asked = choice;
    this.keep();
    void this.host.peer.request('choose', choice);
  }

  /** A choice by hand ends the replay. */
  private choose(part: Partial<PairsChoice>): void {
    this.stopReplay();
    this.ask({ ...this.choice, ...part });
  }

  private stopReplay(): void {
    this.replay.stop();
    this.replaying = false;
  }

  private toggleReplay(): void {
    const start = !this.replaying;
    this.stopReplay();
    if (!start) return;
    this.replaying = true;
    this.replay.start();
  }

  private lookAt(index: number, look: Look): void {
    const looks = [...this.looks];
    // A block may be looked at before those above it.
    for (let i = 0; i < index; i++) looks[i] ??= { row: 0 };
    looks[index] = look;
    this.looks = looks;
    this.keep();
  }

  private keep(): void {
    this.host.remember({ choice: this.choice, looks: this.looks });
  }

  protected override render(): TemplateResult {
    const { target, received, choice, busy, fault, replaying } = this;
    if (!target && !received)
      return emptyNotice(
        'git-compare',
        t('Open an experiment (a file that ends in .ssl.ts) to see here what its method compares.'),
      );
    return html`
      ${
        target
          ? header({
              target,
              received,
              choice,
              busy,
              fault,
              replaying,
              change: (part) => this.choose(part),
              replay: () => this.toggleReplay(),
            })
          : nothing
      }
      ${faultNotice(fault, (location) => void this.host.peer.request('reveal', location))}
      ${received ? this.blocks(received) : fault ? nothing : emptyNotice('loading codicon-modifier-spin', t('Comparing the first batch'))}
    `;
  }

  private blocks({ pairs }: Received): TemplateResult {
    return html`<main class="blocks ${this.fault ? 'stale' : ''}" aria-busy=${this.busy}>
      ${pairs.blocks.length === 0 ? html`<p class="muted">${t('This method compares nothing within a batch.')}</p>` : nothing}
      ${pairs.blocks.map((content, index) =>
        block(content, this.looks[index] ?? { row: 0 }, (look) => this.lookAt(index, look)),
      )}
    </main>`;
  }
}
