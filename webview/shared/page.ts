/** What all panels are: an element that is the whole page. */
import { type CSSResult, css, LitElement } from 'lit';

/**
 * Renders into the page itself instead of a shadow root, so labels and descriptions may refer to any element,
 * and one style sheet serves all parts.
 */
export abstract class Page extends LitElement {
  protected override createRenderRoot(): HTMLElement {
    return this;
  }
}

/** Adds constructed style sheets to the page: the content security policy allows no inline ones. */
export function adoptStyles(...styles: readonly CSSResult[]): void {
  const sheets = styles.map((style) => style.styleSheet).filter((sheet) => sheet !== undefined);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, ...sheets];
}

/** Colors by meaning, text, cards and focus, from the colors of the theme. */
export const pageStyles = css`
  body {
    --muted: var(--vscode-descriptionForeground);
    --line: var(--vscode-contrastBorder, var(--vscode-widget-border, var(--vscode-panel-border)));
    --card: color-mix(in srgb, var(--vscode-foreground) 4%, transparent);
    --accent: var(--vscode-focusBorder);
    --original: var(--muted);
    --anchor: var(--vscode-foreground);
    --positive: var(--vscode-charts-green);
    --negative: var(--vscode-charts-blue);
    --target: var(--vscode-charts-purple);
    --prediction: var(--vscode-charts-orange);
    --caution: var(--vscode-charts-yellow);
    /* As text they need more contrast than as a surface. */
    --positive-text: color-mix(in srgb, var(--positive) 75%, var(--vscode-foreground));
    --caution-text: color-mix(in srgb, var(--caution) 50%, var(--vscode-foreground));
    --mono: var(--vscode-editor-font-family, monospace);
    margin: 0;
    padding: 0;
    color: var(--vscode-foreground);
    background: var(--vscode-editor-background);
    font-family: var(--vscode-font-family);
    font-size: var(--vscode-font-size);
    line-height: 1.45;
  }
  body.vscode-high-contrast {
    --muted: var(--vscode-foreground);
    --card: transparent;
  }
  h1, h2, h3, p, ul, figure { margin: 0; }
  ul { padding: 0; list-style: none; }
  h1, h2, h3 { font-size: inherit; font-weight: 600; }
  canvas { display: block; }
  canvas.crisp { image-rendering: pixelated; }
  .muted { color: var(--muted); }
  .mono { font-family: var(--mono); font-size: 0.95em; }
  .number { font-variant-numeric: tabular-nums; }
  .card { border: 1px solid var(--line); border-radius: 5px; background: var(--card); padding: 8px 10px; }
  .row { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 10px; }
  .spread { justify-content: space-between; }
  :focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
  .unseen {
    position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap;
  }
  button.link {
    border: 0; padding: 0; background: none; font: inherit; cursor: pointer;
    color: var(--vscode-textLink-foreground); text-decoration: underline;
  }
  button.link:hover { color: var(--vscode-textLink-activeForeground); }
  input[type='number'] {
    box-sizing: border-box; height: 26px; padding: 0 4px; text-align: right; font: inherit;
    font-variant-numeric: tabular-nums; appearance: textfield; border-radius: 4px;
    color: var(--vscode-input-foreground); background: var(--vscode-input-background);
    border: 1px solid var(--vscode-settings-numberInputBorder, var(--vscode-input-border, var(--line)));
  }
  input[type='number']::-webkit-inner-spin-button { appearance: none; margin: 0; }
  input[type='range'] { appearance: none; height: 18px; margin: 0; background: none; cursor: pointer; }
  input[type='range']:disabled { opacity: 0.45; cursor: default; }
  input[type='range']::-webkit-slider-runnable-track {
    height: 4px; border-radius: 2px; background: color-mix(in srgb, var(--vscode-foreground) 30%, transparent);
  }
  input[type='range']::-webkit-slider-thumb {
    appearance: none; width: 14px; height: 14px; margin-top: -5px; border-radius: 50%;
    background: var(--vscode-button-background, var(--vscode-foreground));
    border: 1px solid var(--vscode-contrastBorder, transparent);
  }
  body.vscode-high-contrast input[type='range']::-webkit-slider-thumb { background: var(--vscode-foreground); }
  body.vscode-high-contrast input[type='range']::-webkit-slider-runnable-track { background: var(--vscode-foreground); }
  select {
    height: 26px; padding: 0 4px; font: inherit; border-radius: 4px; max-width: 220px; text-overflow: ellipsis;
    color: var(--vscode-dropdown-foreground); background: var(--vscode-dropdown-background);
    border: 1px solid var(--vscode-dropdown-border, var(--line));
  }
  vscode-button, vscode-button::part(base) { box-sizing: border-box; height: 26px; }
  vscode-button .codicon { margin-right: 4px; }
  vscode-button.only-icon { width: 28px; }
  vscode-button.only-icon::part(base) { padding: 0; }
  vscode-button.only-icon .codicon { margin: 0; }

  .bar { padding: 10px 14px; border-bottom: 1px solid var(--line); justify-content: space-between; }
  .bar h1 { white-space: nowrap; overflow: hidden; text-overflow: ellipsis; max-width: 100%; }
  .bar .what { min-width: 0; }
  .control { display: inline-flex; align-items: center; gap: 4px; white-space: nowrap; }
  .mark {
    display: inline-flex; align-items: center; gap: 4px; min-height: 24px; padding: 0 8px; border-radius: 4px;
    border: 1px solid var(--line); white-space: nowrap;
  }
  .mark.fresh { min-width: 76px; }
  .mark.live { color: var(--positive-text); }
  .mark.stale { color: var(--caution-text); }
  .fault {
    display: flex; gap: 8px; margin: 10px 14px 0; padding: 8px 10px; border-radius: 4px;
    color: var(--vscode-inputValidation-errorForeground, var(--vscode-foreground));
    background: var(--vscode-inputValidation-errorBackground);
    border: 1px solid var(--vscode-inputValidation-errorBorder, var(--vscode-errorForeground));
  }
  .fault p { white-space: pre-wrap; overflow-wrap: anywhere; }
  .fault .codicon { color: var(--vscode-errorForeground); margin-top: 1px; }
  .empty { padding: 15vh 24px; text-align: center; color: var(--muted); }
  .empty .codicon { font-size: 40px; display: block; margin-bottom: 12px; }
  main.stale canvas, main.stale svg { opacity: 0.5; }

  @media (prefers-reduced-motion: no-preference) {
    body:not(.vscode-reduce-motion) .smooth { transition: opacity 120ms, width 120ms; }
  }
  @media (prefers-reduced-motion: reduce) {
    .codicon-modifier-spin { animation: none !important; }
  }
  body.vscode-reduce-motion .codicon-modifier-spin { animation: none !important; }
`;
