/** What all panels share: one webview of each kind, which comes back after a reload and is asked for what it shows. */
import * as vscode from 'vscode';
import type { Translations } from '../../protocol/panels.js';
import { type Contract, Peer } from '../../protocol/rpc.js';
import type { Context } from '../context.js';
import { type PanelName, webviewHtml, webviewRoot } from './webview-html.js';

type PeerArguments<Host extends Contract, View extends Contract> = ConstructorParameters<typeof Peer<Host, View>>;

export interface PanelPlace {
  /** Where a panel opens that is not open yet. */
  column(): vscode.ViewColumn;
}

export abstract class Panel<Host extends Contract, View extends Contract> implements vscode.Disposable {
  protected panel: vscode.WebviewPanel | undefined;
  private peer: Peer<Host, View> | undefined;
  /** The page has asked for its content, so that it hears what it is told. A hidden page is gone, with its listeners. */
  private listening = false;
  private readonly serializer: vscode.Disposable;

  constructor(
    protected readonly context: Context,
    private readonly place: PanelPlace,
    private readonly name: PanelName,
    private readonly title: string,
  ) {
    this.serializer = vscode.window.registerWebviewPanelSerializer(this.viewType, {
      deserializeWebviewPanel: async (panel) => {
        this.panel?.dispose();
        this.adopt(panel);
      },
    });
  }

  get column(): vscode.ViewColumn | undefined {
    return this.panel?.viewColumn;
  }

  get visible(): boolean {
    return this.panel?.visible ?? false;
  }

  /** Opens the panel or brings it to the front; the editor keeps the focus. */
  open(): void {
    const show = { viewColumn: this.place.column(), preserveFocus: true };
    if (this.panel !== undefined) this.panel.reveal(undefined, show.preserveFocus);
    else this.adopt(vscode.window.createWebviewPanel(this.viewType, this.title, show));
  }

  dispose(): void {
    this.serializer.dispose();
    this.panel?.dispose();
  }

  /** What the page may ask. */
  protected abstract requests(): PeerArguments<Host, View>[1];
  protected abstract events(): PeerArguments<Host, View>[2];
  /** The page is there and knows nothing: everything it should show is to be sent. */
  protected abstract started(): void;
  /** The panel is closed: nothing needs to be kept for it. */
  protected abstract closed(): void;

  /** Tells the page, if there is one to hear it; what is missed meanwhile is asked for when it comes back. */
  protected notify<E extends keyof View['events'] & string>(name: E, payload: View['events'][E]): void {
    if (this.listening) this.peer?.notify(name, payload);
  }

  /** To be called by the handler of the page's `start`: its content follows the reply. */
  protected start(): void {
    this.listening = true;
    setImmediate(() => this.listening && this.started());
  }

  protected setTitle(detail: string | undefined): void {
    if (this.panel !== undefined) this.panel.title = detail === undefined ? this.title : `${this.title}: ${detail}`;
  }

  /** The page has its strings from here: it cannot ask VS Code. */
  protected get translations(): Translations {
    return vscode.l10n.bundle ?? {};
  }

  private get viewType(): string {
    return `autodidact.${this.name}`;
  }

  private adopt(panel: vscode.WebviewPanel): void {
    const { webview } = panel;
    const { extensionUri } = this.context.extension;
    const peer = new Peer<Host, View>((message) => void webview.postMessage(message), this.requests(), this.events());
    this.panel = panel;
    this.peer = peer;
    this.listening = false;
    const listeners = [
      webview.onDidReceiveMessage((message) => peer.receive(message)),
      panel.onDidChangeViewState(() => {
        if (!panel.visible) this.listening = false;
      }),
    ];
    panel.onDidDispose(() => {
      for (const listener of listeners) listener.dispose();
      peer.dispose();
      if (this.panel !== panel) return;
      this.panel = undefined;
      this.peer = undefined;
      this.listening = false;
      this.closed();
    });
    const icon = (theme: string) => vscode.Uri.joinPath(extensionUri, 'media', `${this.name}-${theme}.svg`);
    panel.iconPath = { light: icon('light'), dark: icon('dark') };
    webview.options = { enableScripts: true, localResourceRoots: [webviewRoot(extensionUri)] };
    webview.html = webviewHtml(webview, extensionUri, this.name, this.title);
  }
}
