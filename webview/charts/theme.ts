/** Colors and fonts of the editor's theme, for what is painted on a canvas. */
import type { Palette } from './data/looks.js';

export interface Theme {
  readonly palette: Palette;
  readonly foreground: string;
  readonly muted: string;
  readonly background: string;
  readonly grid: string;
  readonly error: string;
  readonly warning: string;
  readonly accent: string;
  readonly font: string;
  readonly fontSize: number;
}

function paletteOf(body: HTMLElement): Palette {
  const { classList } = body;
  if (classList.contains('vscode-high-contrast-light')) return 'high-contrast-light';
  if (classList.contains('vscode-high-contrast')) return 'high-contrast';
  return classList.contains('vscode-light') ? 'light' : 'dark';
}

export function readTheme(): Theme {
  const style = getComputedStyle(document.body);
  const color = (name: string, otherwise: string) => style.getPropertyValue(`--vscode-${name}`).trim() || otherwise;
  const palette = paletteOf(document.body);
  const dark = palette === 'dark' || palette === 'high-contrast';
  const foreground = color('foreground', dark ? '#cccccc' : '#3b3b3b');
  const strong = palette.startsWith('high');
  return {
    palette,
    foreground,
    muted: strong ? foreground : color('descriptionForeground', dark ? '#9d9d9d' : '#616161'),
    background: color('editor-background', dark ? '#1f1f1f' : '#ffffff'),
    grid: strong ? (dark ? '#444444' : '#bbbbbb') : dark ? '#ffffff18' : '#00000016',
    error: color('editorError-foreground', dark ? '#f14c4c' : '#c72e0f'),
    warning: color('editorWarning-foreground', dark ? '#cca700' : '#8a6500'),
    accent: color('focusBorder', '#0078d4'),
    font: style.fontFamily,
    fontSize: Math.max(9, Number.parseFloat(style.fontSize) - 2) || 11,
  };
}

/** Calls back when VS Code changes the theme; returns what stops it. */
export function onThemeChange(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });
  return () => observer.disconnect();
}
