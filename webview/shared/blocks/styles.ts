import { css } from 'lit';

/** How blocks look in every panel. */
export const blockStyles = css`
  autodidact-heat-map, autodidact-large-matrix { display: block; }
  .original { --role: var(--original); }
  .anchor { --role: var(--anchor); }
  .positive { --role: var(--positive); }
  .negative { --role: var(--negative); }
  .target { --role: var(--target); }
  .prediction { --role: var(--prediction); }
  h2 { margin-bottom: 6px; }
  .text { max-width: 100ch; overflow-wrap: anywhere; }
  /* Wide content scrolls by itself: the page never does. */
  .sideways { overflow-x: auto; max-width: 100%; }
  details { margin-top: 12px; }
  summary { cursor: pointer; width: fit-content; }

  .picture { position: relative; container-type: inline-size; }
  .picture canvas { width: 100%; height: auto; border-radius: 3px; }
  .boxes { position: absolute; inset: 0; pointer-events: none; }
  .box {
    position: absolute; box-sizing: border-box; border: 2px solid var(--role);
    outline: 1px solid color-mix(in srgb, var(--vscode-editor-background) 75%, transparent);
  }
  .box.prediction { border-style: dashed; }
  .box-label {
    position: absolute; top: -1px; left: -1px; padding: 0 3px; white-space: nowrap; font-size: 10px; line-height: 13px;
    color: var(--vscode-editor-background); background: var(--role);
  }
  /* In a small picture words would hide what they name. */
  @container (max-width: 72px) {
    .box { border-width: 1px; }
    .box-label { display: none; }
  }

  .gallery { display: grid; gap: 10px; grid-template-columns: repeat(auto-fill, minmax(min(100%, var(--tile)), 1fr)); }
  .gallery figure { max-width: calc(1.6 * var(--tile)); }
  .images figcaption { margin-top: 2px; text-align: center; font-size: 0.92em; overflow-wrap: anywhere; }
  .images .picture:is(.anchor, .positive, .negative, .target, .prediction) canvas {
    box-sizing: border-box; border: 2px solid var(--role);
  }
  .images .picture.prediction canvas { border-style: dashed; }
  .role-name { display: inline-flex; align-items: center; gap: 4px; }
  .role-name::before { content: ''; width: 8px; height: 8px; border-radius: 2px; background: var(--role); }
  .picture-tables { display: flex; flex-wrap: wrap; align-items: flex-start; gap: 10px 36px; }
  .picture-table { border-spacing: 8px; margin: -8px; table-layout: fixed; }
  .picture-table th { font-weight: normal; color: var(--muted); vertical-align: bottom; overflow-wrap: anywhere; }
  .picture-table td { padding: 0; vertical-align: top; width: var(--tile); min-width: 56px; }
  .picture-table .picture { width: var(--tile); max-width: 100%; margin-inline: auto; }

  .tokens ol { display: flex; flex-wrap: wrap; gap: 8px 5px; margin: 4px 0 8px; padding: 0; list-style: none; }
  .tokens li { display: flex; flex-direction: column; align-items: center; line-height: 1.35; }
  .chip {
    padding: 0 3px; border-radius: 3px; border: 1px solid transparent; font-family: var(--mono);
    white-space: pre; background: color-mix(in srgb, var(--vscode-foreground) 6%, transparent);
  }
  .chip.special { color: var(--muted); background: none; }
  .chip.masked { --mark: var(--vscode-charts-purple); border-style: solid; }
  .chip.random { --mark: var(--vscode-charts-red); border-style: dashed; }
  .chip.unchanged { --mark: var(--vscode-charts-blue); border-style: dotted; }
  .chip:is(.masked, .random, .unchanged) {
    border-color: var(--mark); background: color-mix(in srgb, var(--mark) 22%, transparent);
  }
  .truth, .guess { font-size: 0.88em; white-space: nowrap; }
  .truth { font-weight: 600; }
  .guess { color: var(--muted); }
  .guess.right { color: var(--positive-text); }
  .guess.right::after { content: ' \\2713'; }
  .token-keys { display: flex; flex-wrap: wrap; gap: 4px 16px; }

  .matrix table { border-collapse: collapse; }
  .matrix td, .matrix th { padding: 2px 5px; text-align: right; font-size: 0.92em; white-space: nowrap; }
  .matrix th { font-weight: normal; color: var(--muted); }
  .matrix .titles td { padding: 0 5px 2px; text-align: left; }
  .matrix .titles td:first-child { text-align: right; }
  .matrix .colored td.number { min-width: 26px; text-align: center; forced-color-adjust: none; }
  .matrix td.marked { box-shadow: inset 0 0 0 2px var(--vscode-editor-background), inset 0 0 0 4px var(--positive); }
  .color-scale { display: flex; align-items: center; flex-wrap: wrap; gap: 6px; margin-top: 6px; font-size: 0.92em; }
  .color-scale canvas { width: 120px; height: 9px; }
  .mark-key { display: inline-block; width: 9px; height: 9px; margin: 0 4px 0 10px; border: 2px solid var(--positive); }
  autodidact-large-matrix { max-width: 100%; width: 480px; }
  .axes { display: flex; gap: 14px; margin-bottom: 2px; }
  body.vscode-high-contrast :is(.colored td.number, .heat-map) { outline: 1px solid var(--line); }
  .readout { min-height: 1.5em; margin-top: 4px; }

  .heat-map { position: relative; cursor: crosshair; touch-action: pan-y; }
  .heat-map canvas, .heat-map svg { position: absolute; inset: 0; width: 100%; height: 100%; }
  .heat-map canvas { image-rendering: pixelated; }
  .heat-map svg { pointer-events: none; overflow: visible; }
  .heat-map path, .heat-map rect { fill: none; vector-effect: non-scaling-stroke; }
  .mark-halo { stroke: var(--vscode-editor-background); stroke-width: 2.5px; }
  .mark-frame { stroke: var(--positive); stroke-width: 1.2px; }
  .dense .mark-halo { stroke: none; }
  .dense .mark-frame { stroke-width: 0.6px; }
  .frame-edge { stroke: var(--vscode-editor-background); stroke-width: 4.5px; }
  .frame { stroke: var(--vscode-foreground); stroke-width: 2px; }

  .bars { max-width: 100%; width: 480px; }
  .bars ul { display: grid; grid-template-columns: fit-content(45%) minmax(60px, 1fr) max-content; column-gap: 10px; }
  .bars li { display: grid; grid-column: 1 / -1; grid-template-columns: subgrid; align-items: center; }
  .bar-label { overflow-wrap: anywhere; }
  .bars .number { text-align: right; }
  .track { position: relative; align-self: stretch; background: color-mix(in srgb, var(--vscode-foreground) 5%, transparent); }
  .track .fill { position: absolute; top: 3px; bottom: 3px; min-width: 1px; border-radius: 2px; background: var(--role, var(--negative)); }
  .track .chance { position: absolute; top: 0; bottom: 0; border-left: 2px dashed var(--caution); transform: translateX(-1px); }
  .chance-key { display: inline-block; height: 11px; margin: 0 6px 0 2px; border-left: 2px dashed var(--caution); }
  .keys { font-size: 0.92em; }
`;
