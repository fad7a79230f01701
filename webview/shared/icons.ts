/** Codicons. The build puts the style sheet and the font beside the page's script; vscode-elements look for this id. */
import '@vscode/codicons/dist/codicon.css';
import { html, type TemplateResult } from 'lit';

const id = 'vscode-codicon-stylesheet';
if (!document.getElementById(id)) {
  const link = document.createElement('link');
  link.id = id;
  link.rel = 'stylesheet';
  link.href = import.meta.url.replace(/[.]js(?=$|\?)/, '.css');
  document.head.append(link);
}

/** A decorative icon: the control around it carries the label. */
export const icon = (name: string, className = ''): TemplateResult =>
  html`<span class="codicon codicon-${name} ${className}" aria-hidden="true"></span>`;
