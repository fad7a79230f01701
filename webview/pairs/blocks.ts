/** Draws what a method says about its batch, block by block; new methods need no new code here. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Block, ImagesBlock } from '../../src/protocol/figure.js';
import { paint } from '../shared/paint.js';
import { roleName, tileText } from '../shared/trace.js';
import './comparison.js';
import type { Look } from './comparison.js';

export function block(content: Block, look: Look, change: (look: Look) => void): TemplateResult | typeof nothing {
  switch (content.kind) {
    case 'text':
      return html`<p class="text">${content.text}</p>`;
    case 'images':
      return images(content);
    case 'similarity':
      // A method without pictures to compare says so in a text block of its own.
      if (content.anchors.length === 0 || content.candidates.length === 0) return nothing;
      return html`<autodidact-comparison .block=${content} .look=${look} .change=${change}></autodidact-comparison>`;
    default:
      return nothing;
  }
}

const images = ({ title, tiles }: ImagesBlock): TemplateResult => html`<section class="images">
  ${title ? html`<h2>${title}</h2>` : nothing}
  <ul class="gallery">
    ${tiles.map(
      (tile) => html`<li><figure class=${tile.role ?? ''}>
        <canvas role="img" aria-label=${tileText(tile)} ${paint(tile.image)}></canvas>
        ${tile.role ? html`<figcaption class="role">${roleName(tile.role)}</figcaption>` : nothing}
        <figcaption>${tile.caption}</figcaption>
        ${tile.label ? html`<figcaption class="muted">${tile.label}</figcaption>` : nothing}
      </figure></li>`,
    )}
  </ul>
</section>`;
