import { css } from 'lit';

export const previewStyles = css`
  autodidact-preview { display: block; }
  #sample { width: 64px; }
  .content {
    display: grid; gap: 14px; padding: 14px;
    grid-template: 'original views ops' auto / 190px minmax(0, 1fr) 290px;
  }
  .original { grid-area: original; }
  .views { grid-area: views; }
  .ops { grid-area: ops; display: flex; flex-direction: column; gap: 8px; }
  .picture { position: relative; }
  .picture canvas { width: 100%; height: auto; border-radius: 3px; }
  .picture svg { position: absolute; inset: 0; width: 100%; height: 100%; overflow: visible; pointer-events: none; }
  .picture rect { fill: none; vector-effect: non-scaling-stroke; }
  .picture .halo { stroke: var(--vscode-editor-background); stroke-width: 4px; }
  .picture .cut { stroke: var(--caution); stroke-width: 2px; }
  .original figcaption { margin-top: 6px; overflow-wrap: anywhere; }

  .draws { display: grid; gap: 10px; grid-template-columns: repeat(auto-fill, minmax(min(100%, calc(var(--columns) * 76px + 24px)), 1fr)); }
  .draw { padding: 6px 8px 8px; }
  .draw-title { margin-bottom: 4px; font-size: 0.92em; }
  .tiles { display: grid; gap: 6px; grid-template-columns: repeat(var(--columns), minmax(0, 1fr)); }
  .view { position: relative; border-radius: 3px; cursor: default; }
  .view canvas { width: 100%; height: auto; border-radius: 3px; }
  .view .caption {
    display: block; text-align: center; font-size: 0.88em; overflow: hidden; text-overflow: ellipsis; white-space: nowrap;
  }
  .view.untouched { opacity: 0.28; }
  .view.touched canvas { outline: 2px solid var(--caution); }
  .view.inspected canvas { outline: 2px solid var(--accent); }
  .view:focus-visible { outline-offset: 3px; }

  .details { min-height: 4.4em; margin-top: 10px; overflow-wrap: anywhere; }
  .details .op { margin-left: 14px; }
  .tooltip {
    position: fixed; top: 0; left: 0; z-index: 3; max-width: min(340px, 90vw); padding: 6px 9px; pointer-events: none;
    border-radius: 3px; overflow-wrap: anywhere; color: var(--vscode-editorHoverWidget-foreground);
    background: var(--vscode-editorHoverWidget-background); border: 1px solid var(--vscode-editorHoverWidget-border);
    box-shadow: 0 2px 8px var(--vscode-widget-shadow, transparent);
  }
  .tooltip[hidden] { display: block; visibility: hidden; }

  .op-card vscode-checkbox { display: block; font-weight: 600; }
  .op-card .options { display: flex; flex-wrap: wrap; gap: 0 12px; }
  .op-card b { color: var(--vscode-foreground); font-weight: normal; }
  .op-card .effect { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  .op-card.off > div { opacity: 0.55; }

  @media (max-width: 860px) {
    .content { grid-template: 'original views' auto 'ops ops' auto / 150px minmax(0, 1fr); }
    .ops { display: grid; grid-template-columns: repeat(auto-fill, minmax(230px, 1fr)); }
  }
  @media (max-width: 560px) {
    .content { grid-template: 'original' auto 'views' auto 'ops' auto / minmax(0, 1fr); }
    .original { display: flex; gap: 12px; align-items: center; }
    .original .picture { width: 120px; flex: none; }
  }
`;
