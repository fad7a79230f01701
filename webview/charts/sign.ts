import { html, svg, type TemplateResult } from 'lit';
import { colorOf, dashOf } from './data/looks.js';
import type { Theme } from './theme.js';

/** A short piece of a run's line, by which it is recognized in lists and charts. */
export const lineSign = (look: number, theme: Theme): TemplateResult =>
  html`<svg class="sign" viewBox="0 0 20 8" aria-hidden="true">
    ${svg`<line x1="0" x2="20" y1="4" y2="4" stroke=${colorOf(look, theme.palette)} stroke-width="3"
      stroke-dasharray=${dashOf(look).join(' ')}></line>`}
  </svg>`;
