/** What panels say beside their picture: how fresh it is, what is wrong, and that there is nothing yet. */
import { html, nothing, type TemplateResult } from 'lit';
import type { ExperimentTarget, PanelFault } from '../../src/protocol/panels.js';
import { t } from './host.js';
import { icon } from './icons.js';

/** The last part of a path of any platform. */
export const baseName = (path: string): string =>
  path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);

/** The file, and the export where the file's default is not meant. */
export const targetName = ({ file, exportName }: ExperimentTarget): string =>
  exportName === 'default' ? baseName(file) : t('{0} · {1}', baseName(file), exportName);

export function freshness(busy: boolean, fault: PanelFault | undefined): TemplateResult {
  const [kind, name, text] = fault
    ? ['stale', 'warning', t('out of date')]
    : busy
      ? ['busy', 'loading', t('updating')]
      : ['live', 'circle-filled', t('live')];
  const spin = kind === 'busy' ? 'codicon-modifier-spin' : '';
  return html`<span class="mark fresh ${kind}">${icon(name, spin)}${text}</span>`;
}

export function faultNotice(
  fault: PanelFault | undefined,
  reveal: (location: { file: string; line: number }) => void,
): TemplateResult | typeof nothing {
  if (!fault) return nothing;
  const { location } = fault;
  return html`<div class="fault" role="alert">
    ${icon('error')}
    <div>
      <p>${fault.message}</p>
      ${
        location
          ? html`<button class="link" @click=${() => reveal(location)}>
              ${t('{0}, line {1}', baseName(location.file), location.line + 1)}
            </button>`
          : nothing
      }
    </div>
  </div>`;
}

export const emptyNotice = (name: string, text: string): TemplateResult =>
  html`<p class="empty">${icon(name)}${text}</p>`;
