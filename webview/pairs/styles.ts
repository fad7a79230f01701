import { css } from 'lit';

export const pairsStyles = css`
  autodidact-pairs { display: block; }
  autodidact-comparison { display: block; }
  #batch { width: 52px; }
  .grow { flex: 1 1 220px; }
  .weights { padding-top: 7px; padding-bottom: 7px; }
  .checkpoint input { flex: 1; min-width: 60px; }
  .mark.shown { color: var(--vscode-foreground); font-weight: 600; }
  /* Small blocks stand side by side where there is room. */
  .blocks { display: flex; flex-wrap: wrap; align-items: flex-start; gap: 18px 36px; padding: 12px 14px; }
  .blocks > * { flex: 1 1 100%; }
  .blocks > :is(.matrix, .bars, .images:has(table)) { flex: 0 1 auto; max-width: 100%; }
  .blocks > section { min-width: 0; }

  .summary { margin-bottom: 10px; font-size: 1.05em; }
  .sides { display: grid; gap: 14px; grid-template-columns: minmax(300px, 46%) minmax(0, 1fr); align-items: start; }
  .map { max-width: 640px; }
  .details-of-anchor { display: flex; flex-direction: column; gap: 10px; min-width: 0; }

  .legend { display: flex; gap: 14px; margin-top: 8px; align-items: flex-start; }
  .scale { position: relative; flex: none; width: 150px; padding: 0 4px; }
  .scale canvas { width: 100%; height: 9px; image-rendering: auto; }
  .scale .pointer { position: absolute; top: -3px; width: 2px; height: 15px; background: var(--vscode-foreground); }
  .scale .ticks, .histogram .ticks { display: flex; justify-content: space-between; font-size: 0.88em; }
  .keys { font-size: 0.92em; }
  .stretch { margin-top: 2px; }
  .legend > div:last-child { min-width: 0; }
  .inspector { margin-top: 8px; flex-wrap: nowrap; min-height: 52px; }
  .inspector canvas { width: 52px; height: 52px; object-fit: contain; border-radius: 3px; flex: none; }

  .anchor-card { display: flex; gap: 14px; }
  .pair { display: flex; gap: 10px; flex: none; }
  .pair figure { width: 112px; }
  .pair canvas { width: 100%; height: auto; border-radius: 3px; border: 2px solid var(--anchor); box-sizing: border-box; }
  .pair figcaption { text-align: center; font-size: 0.92em; overflow-wrap: anywhere; }
  .pair .positive canvas { border-color: var(--positive); }
  .pair .positive figcaption:not(.muted) { color: var(--positive-text); }
  .facts { flex: 1; min-width: 0; display: flex; flex-direction: column; gap: 4px; }
  .temperature { display: flex; flex-wrap: wrap; gap: 2px 8px; align-items: center; min-height: 46px; }
  .temperature input { flex: 1 0 100%; }

  .swatch { display: inline-block; width: 10px; height: 10px; margin: 0 4px 0 10px; border-radius: 2px; }
  .swatch.positive { background: var(--positive); }
  .swatch.negative, .swatch.similarity { background: var(--negative); }
  .swatch.share { background: var(--vscode-foreground); }
  .negatives { display: grid; gap: 8px; margin-top: 6px; grid-template-columns: repeat(6, minmax(0, 1fr)); }
  .negatives button { display: block; width: 100%; padding: 0; border: 0; background: none; cursor: pointer; }
  .negatives canvas { width: 100%; height: auto; border-radius: 3px; }
  .negatives figcaption { text-align: center; font-size: 0.9em; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  .bar-of { height: 5px; margin-top: 4px; border-radius: 3px; background: color-mix(in srgb, var(--vscode-foreground) 14%, transparent); }
  .bar-of.share { height: 3px; margin-top: 2px; }
  .bar-of span { display: block; height: 100%; border-radius: 3px; background: var(--negative); }
  .bar-of.share span { background: var(--vscode-foreground); }
  .same .bar-of.similarity span { background: var(--caution); }
  .same .same-label { color: var(--caution-text); }

  .histogram svg { display: block; width: 100%; height: 120px; margin-top: 6px; border-bottom: 1px solid var(--line); overflow: visible; }
  .histogram rect.positive { fill: var(--positive); }
  .histogram rect.negative { fill: var(--negative); }
  .histogram .mean { stroke-width: 1.5px; stroke-dasharray: 4 3; vector-effect: non-scaling-stroke; }
  .mean.positive { stroke: var(--positive); }
  .mean.negative { stroke: var(--negative); }

  .scroll { max-height: 360px; overflow: auto; margin-top: 6px; }
  .scroll table { border-collapse: collapse; }
  .scroll th, .scroll td { padding: 2px 14px 2px 0; text-align: right; font-weight: normal; }
  .scroll th:first-child { text-align: left; }
  .scroll thead th { position: sticky; top: 0; background: var(--vscode-editor-background); font-weight: 600; }

  @media (max-width: 820px) {
    .sides { grid-template-columns: minmax(0, 1fr); }
  }
  @media (max-width: 480px) {
    .anchor-card { flex-direction: column; }
    .negatives { grid-template-columns: repeat(3, minmax(0, 1fr)); }
    .legend { flex-direction: column; gap: 4px; }
  }
`;
