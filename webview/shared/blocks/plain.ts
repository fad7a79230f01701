/** Blocks that look the same in every panel. */
import { html, type TemplateResult } from 'lit';
import type { BarsBlock, ImagesBlock, MatrixBlock, TextBlock, TokensBlock } from '../../../src/protocol/figure.js';
import { bars } from './bars.js';
import { images } from './images.js';
import { matrix } from './matrix.js';
import { tokens } from './tokens.js';

export type PlainBlock = ImagesBlock | TokensBlock | MatrixBlock | BarsBlock | TextBlock;

export function plainBlock(block: PlainBlock): TemplateResult {
  switch (block.kind) {
    case 'images':
      return images(block);
    case 'tokens':
      return tokens(block);
    case 'matrix':
      return matrix(block);
    case 'bars':
      return bars(block);
    case 'text':
      return html`<p class="text">${block.text}</p>`;
  }
}
