import { css } from 'lit';

export const previewStyles = css`
  autodidact-preview { display: block; }
  #sample { width: 64px; }
  .content {
    display: grid; gap: 14px; padding: 14px;
    grid-template: 'original views ops' auto / 190px minmax(0, 1fr) 290px;
  }
  .content.no-ops { grid-template: 'original views' auto 'ops ops' auto / 190px minmax(0, 1fr); }
  .content.wide { grid-template: 'original original' auto 'views ops' auto / minmax(0, 1fr) 290px; }
  .content.wide.no-ops { grid-template: 'original' auto 'views' auto 'ops' auto / minmax(0, 1fr); }
  .original { grid-area: original; min-width: 0; }
  section.original { display: flex; flex-direction: column; gap: 10px; }
  .wide .gallery { grid-template-columns: repeat(auto-fit, minmax(min(30%, 76px), 130px)); }
  .content:not(.wide) section.original .gallery { grid-template-columns: minmax(0, 1fr); }
  .views { grid-area: views; }
  .ops { grid-area: ops; display: flex; flex-direction: column; gap: 8px; }
  .picture svg { position: absolute; inset: 0; width: 100%; height: 100%; overflow: visible; pointer-events: none; }
  .picture rect { fill: none; vector-effect: non-scaling-stroke; }
  .picture .halo { stroke: var(--vscode-editor-background); stroke-width: 4px; }
  .picture .cut { stroke: var(--caution); stroke-width: 2px; }
  .original figcaption { margin-top: 6px; overflow-wrap: anywhere; }

  .draws { display: grid; gap: 10px; grid-template-columns: repeat(auto-fill, minmax(min(100%, var(--draw)), 1fr)); }
  .draw { padding: 6px 8px 8px; min-width: 0; }
  .draw-title { margin-bottom: 4px; font-size: 0.92em; }
  .draw > * + * { margin-top: 6px; }
  .tiles { display: grid; gap: 6px; grid-template-columns: repeat(var(--columns), minmax(0, calc(1.8 * var(--tile)))); }
  .tiles-title { grid-column: 1 / -1; font-weight: 600; font-size: 0.92em; }
  .heading { align-self: end; text-align: center; font-size: 0.88em; overflow-wrap: anywhere; }
  .view { position: relative; border-radius: 3px; cursor: default; min-width: 0; }
  .view .picture:is(.anchor, .positive, .negative, .target, .prediction) canvas {
    box-sizing: border-box; border: 2px solid var(--role);
  }
  .view .caption {
    display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; overflow: hidden;
    text-align: center; font-size: 0.88em; line-height: 1.25; overflow-wrap: anywhere;
  }
  .view.untouched { opacity: 0.28; }
  .view.touched canvas { outline: 2px solid var(--caution); }
  .view.inspected canvas { outline: 2px solid var(--accent); }
  .view:focus-visible { outline-offset: 3px; }

  .details { min-height: 3em; margin-top: 10px; overflow-wrap: anywhere; }
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
    .content.wide { grid-template: 'original' auto 'views' auto 'ops' auto / minmax(0, 1fr); }
    .ops { display: grid; grid-template-columns: repeat(auto-fill, minmax(230px, 1fr)); }
  }
  @media (max-width: 560px) {
    .content:not(.wide) { grid-template: 'original' auto 'views' auto 'ops' auto / minmax(0, 1fr); }
    figure.original { display: flex; gap: 12px; align-items: center; }
    figure.original .picture { width: 120px; flex: none; }
    .content:not(.wide) section.original .gallery { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  }
`;
