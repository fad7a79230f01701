/** A page's end of the channel to the extension host, and what the page keeps while it is hidden or reloaded. */
import { type Contract, Peer } from '../../src/protocol/rpc.js';

export { setTranslations, t } from './strings.js';

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}
declare function acquireVsCodeApi(): VsCodeApi;

export interface Host<View extends Contract, Remote extends Contract, State> {
  readonly peer: Peer<View, Remote>;
  /** What `remember` was last given, also over reloads of the window. */
  readonly remembered: State | undefined;
  remember(state: State): void;
}

/** Connects this webview to its extension host. May be called once: VS Code hands out its end only once. */
export function connect<View extends Contract, Remote extends Contract, State>(
  ...[requests, events]: [
    requests: ConstructorParameters<typeof Peer<View, Remote>>[1],
    events: ConstructorParameters<typeof Peer<View, Remote>>[2],
  ]
): Host<View, Remote, State> {
  const api = acquireVsCodeApi();
  const peer = new Peer<View, Remote>((message) => api.postMessage(message), requests, events);
  window.addEventListener('message', ({ data }) => peer.receive(data));
  return {
    peer,
    remembered: (api.getState() as State | null) ?? undefined,
    remember: (state) => api.setState(state),
  };
}

/** Runs when the browser has put the latest rendering on the screen: two frames later. */
export function afterPaint(run: () => void): void {
  requestAnimationFrame(() => requestAnimationFrame(run));
}
