/** A panel about the active experiment: asks the previewer again whenever its text changes, and shows the newest answer. */
import path from 'node:path';
import * as vscode from 'vscode';
import type { ExperimentTarget, PanelFault } from '../../protocol/panels.js';
import type { Diagnostic } from '../../protocol/previewer.js';
import { type Contract, RpcError, RpcGone } from '../../protocol/rpc.js';
import type { ActiveExperiment } from '../active-experiment.js';
import type { Context } from '../context.js';
import type { Diagnostics } from '../diagnostics.js';
import { samePath } from '../experiment-files.js';
import type { Previewer } from '../previewer.js';
import { Panel, type PanelPlace } from './panel.js';
import type { PanelName } from './webview-html.js';

export interface ExperimentPanelParts {
  readonly context: Context;
  readonly place: PanelPlace;
  readonly active: ActiveExperiment;
  readonly previewer: Previewer;
  readonly diagnostics: Diagnostics;
}

/** What both panels about an experiment tell their page. */
interface ExperimentView extends Contract {
  events: { target: ExperimentTarget | undefined; busy: { readonly busy: boolean }; fault: PanelFault };
}

export abstract class ExperimentPanel<Host extends Contract, View extends ExperimentView> extends Panel<Host, View> {
  protected sequence = 0;
  private question: AbortController | undefined;
  private timer: NodeJS.Timeout | undefined;
  private readonly listeners: vscode.Disposable;
  /** When a person changed the text that no picture has been asked for yet. */
  protected edited: number | undefined;

  constructor(
    protected readonly parts: ExperimentPanelParts,
    name: PanelName,
    title: string,
  ) {
    super(parts.context, parts.place, name, title);
    const { active } = parts;
    this.listeners = vscode.Disposable.from(
      active.onDidChange((target) => {
        this.setTitle(target && path.basename(target.file));
        this.tell('target', target);
        this.update();
      }),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0 && this.concerns(document.uri.fsPath)) this.changed();
      }),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.update()),
    );
  }

  override dispose(): void {
    this.listeners.dispose();
    this.closed();
    super.dispose();
  }

  /** Asks for the picture of the target and sends it; throws what the previewer says. */
  protected abstract look(target: ExperimentTarget, signal: AbortSignal): Promise<void>;

  protected override started(): void {
    this.setTitle(this.target && path.basename(this.target.file));
    this.update();
  }

  protected override closed(): void {
    clearTimeout(this.timer);
    this.question?.abort();
  }

  protected get target(): ExperimentTarget | undefined {
    return this.parts.active.current;
  }

  /** Looks now; an older look that is still under way is given up. */
  protected update(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.question?.abort();
    const { target } = this;
    if (!this.visible || target === undefined) return;
    const question = new AbortController();
    this.question = question;
    this.tell('busy', { busy: true });
    this.look(target, question.signal)
      .catch((error) => {
        if (!question.signal.aborted) this.tell('fault', faultOf(error));
      })
      .finally(() => {
        // The newest look says when the panel is at rest.
        if (!question.signal.aborted) this.tell('busy', { busy: false });
      });
  }

  private changed(): void {
    this.edited = performance.now();
    // A look at a text that is out of date would only keep the next one waiting.
    this.question?.abort();
    if (this.timer === undefined) this.timer = setTimeout(() => this.update(), this.context.settings().previewDelay);
    else this.timer.refresh();
  }

  private concerns(file: string): boolean {
    const { target } = this;
    if (!this.visible || target === undefined) return false;
    return [target.file, ...this.parts.diagnostics.sourcesOf(target.file)].some((source) => samePath(source, file));
  }

  /** Typed through the common part of the contracts, which TypeScript cannot see in a type parameter. */
  private tell<E extends keyof ExperimentView['events']>(name: E, payload: ExperimentView['events'][E]): void {
    this.notify(name as never, payload as never);
  }
}

function faultOf(error: unknown): PanelFault {
  if (error instanceof RpcGone) return { message: error.message };
  const [first] = error instanceof RpcError && Array.isArray(error.data) ? (error.data as Diagnostic[]) : [];
  if (first === undefined) return { message: error instanceof Error ? error.message : String(error) };
  return { message: first.message, location: { file: first.file, line: first.range.start.line } };
}
