/** Draws what a method says about its batch, block by block; new methods need no new code here. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Block } from '../../src/protocol/figure.js';
import { plainBlock } from '../shared/blocks/plain.js';
import './comparison.js';
import type { Look } from './comparison.js';

export function block(content: Block, look: Look, change: (look: Look) => void): TemplateResult | typeof nothing {
  if (content.kind !== 'similarity') return plainBlock(content);
  // A method without pictures to compare says so in a text block of its own.
  if (content.anchors.length === 0 || content.candidates.length === 0) return nothing;
  return html`<autodidact-comparison .block=${content} .look=${look} .change=${change}></autodidact-comparison>`;
}
