import { css } from 'lit';

export const chartsStyles = css`
  autodidact-charts, autodidact-chart { display: block; }
  autodidact-chart { min-width: 0; }
  .bar { position: sticky; top: 0; z-index: 2; background: var(--vscode-editor-background); }
  .differing { min-width: 0; overflow: hidden; text-overflow: ellipsis; }
  .content { display: grid; grid-template-columns: 220px minmax(0, 1fr); gap: 12px; padding: 12px 14px; align-items: start; }
  .grid { display: grid; gap: 10px; grid-template-columns: repeat(auto-fill, minmax(min(100%, 290px), 1fr)); }
  .runs > summary { display: none; }
  .message { color: var(--muted); }

  select {
    height: 26px; font: inherit; border-radius: 4px; padding: 0 2px;
    color: var(--vscode-dropdown-foreground); background: var(--vscode-dropdown-background);
    border: 1px solid var(--vscode-dropdown-border, var(--line));
  }
  #smoothing { width: 90px; }
  output[for='smoothing'] { min-width: 2.4em; }
  .toggle, .icon-button {
    height: 26px; padding: 0 7px; border: 1px solid transparent; border-radius: 4px; background: none;
    font: inherit; color: var(--vscode-icon-foreground, inherit); cursor: pointer;
  }
  .toggle { border-color: var(--line); }
  .toggle:hover, .icon-button:hover:not(:disabled) { background: var(--vscode-toolbar-hoverBackground); }
  .toggle[aria-pressed='true'] {
    color: var(--vscode-inputOption-activeForeground);
    background: var(--vscode-inputOption-activeBackground);
    border-color: var(--vscode-inputOption-activeBorder, var(--accent));
  }
  .icon-button { display: inline-grid; place-items: center; padding: 0; width: 26px; flex: none; }
  .icon-button:disabled { opacity: 0.4; cursor: default; }

  .run-filter {
    box-sizing: border-box; width: 100%; height: 26px; margin-bottom: 8px; padding: 0 6px; font: inherit; border-radius: 4px;
    color: var(--vscode-input-foreground); background: var(--vscode-input-background);
    border: 1px solid var(--vscode-input-border, var(--line));
  }
  .run-list { list-style: none; margin: 0; padding: 0; display: grid; gap: 8px; }
  .run { padding: 6px 6px 8px 10px; min-width: 0; }
  .run:not(.shown) .sign { opacity: 0.35; }
  .run-head { display: flex; align-items: center; gap: 8px; }
  .run-name { flex: 1; min-width: 0; font-weight: 600; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  .sign { width: 20px; height: 8px; flex: none; }
  .run-state { display: flex; align-items: center; gap: 6px; }
  .run-state .codicon { font-size: 14px; }
  .run-options { display: flex; flex-wrap: wrap; gap: 0 10px; font-size: 0.95em; overflow-wrap: anywhere; }
  .run-alerts { margin-top: 4px; font-size: 0.95em; }
  .run-alert { display: flex; gap: 6px; overflow-wrap: anywhere; }
  .run-alert .codicon { margin-top: 2px; color: var(--vscode-editorWarning-foreground); font-size: 14px; }
  .run-alert .codicon-error { color: var(--vscode-errorForeground); }
  .alert-step { color: var(--vscode-editorWarning-foreground); }
  .run-alerts .link { font-size: inherit; }

  .chart { padding: 4px 4px 6px 10px; }
  .chart { position: relative; }
  .chart-head { display: flex; align-items: center; gap: 10px; min-height: 28px; padding-right: 8px; }
  .chart-head h2 { flex: 0 1 auto; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; min-width: 5em; }
  /* One line high: values that do not fit wrap out of sight, the newest run's stays. */
  .now {
    flex: 1 1 4em; display: flex; flex-wrap: wrap; justify-content: flex-end; gap: 0 10px; min-width: 0;
    height: 1.45em; overflow: hidden; white-space: nowrap; font-variant-numeric: tabular-nums;
  }
  .value { display: inline-flex; align-items: center; gap: 5px; }
  .value .sign { width: 12px; }
  .value.bad { color: var(--vscode-errorForeground); }
  .save { position: absolute; z-index: 1; top: 38px; right: 14px; opacity: 0; background: var(--vscode-editor-background); }
  .chart:hover .save, .save:focus-visible { opacity: 1; }
  .plot { position: relative; height: 230px; cursor: crosshair; touch-action: pan-y; user-select: none; border-radius: 3px; }
  .plot canvas { position: absolute; inset: 0; width: 100%; height: 100%; }
  .plot .over { pointer-events: none; }

  .chart-tip {
    position: fixed; top: 0; left: 0; z-index: 3; width: max-content; max-width: min(380px, 94vw); padding: 6px 9px;
    pointer-events: none; border-radius: 3px; color: var(--vscode-editorHoverWidget-foreground);
    background: var(--vscode-editorHoverWidget-background);
    border: 1px solid var(--vscode-editorHoverWidget-border, var(--line));
    box-shadow: 0 2px 8px var(--vscode-widget-shadow, transparent);
  }
  .tip-run { display: grid; grid-template-columns: 20px minmax(0, 1fr) auto; gap: 0 8px; align-items: center; }
  .tip-run + .tip-run { margin-top: 4px; }
  .tip-name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  .tip-run.nearest .tip-name, .tip-run.nearest .number { font-weight: 700; }
  .tip-more { grid-column: 2 / -1; font-size: 0.92em; }
  .tip-alert { display: flex; gap: 6px; margin-top: 4px; color: var(--vscode-editorWarning-foreground); }

  .welcome { max-width: 34em; margin: 12vh auto 0; padding: 0 24px; color: var(--muted); }
  .welcome .codicon { display: block; font-size: 40px; margin-bottom: 12px; text-align: center; }
  .welcome h2 { text-align: center; font-size: 1.25em; color: var(--vscode-foreground); margin-bottom: 8px; }
  .welcome li { margin: 4px 0; }
  .welcome code { font-family: var(--mono); }

  body.vscode-high-contrast .save { opacity: 1; }
  @media (forced-colors: active), (hover: none) { .save { opacity: 1; } }
  @media (prefers-reduced-motion: no-preference) {
    body:not(.vscode-reduce-motion) .save { transition: opacity 100ms; }
    body:not(.vscode-reduce-motion) .run .codicon-sync { animation: codicon-spin 2s steps(60) infinite; }
  }

  @media (max-width: 640px) {
    .bar { position: static; }
    .content { grid-template-columns: minmax(0, 1fr); padding: 8px; }
    .runs > summary { display: list-item; cursor: pointer; padding: 4px 2px 8px; font-weight: 600; }
    .plot { height: 210px; }
  }
`;
