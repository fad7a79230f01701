/** The sample as it is in the data, and where the view that a person points at was cut out of it. */
import { html, nothing, svg, type TemplateResult } from 'lit';
import type { Block, Tile } from '../../src/protocol/figure.js';
import type { Preview } from '../../src/protocol/previewer.js';
import { picture } from '../shared/blocks/picture.js';
import { plainBlock } from '../shared/blocks/plain.js';
import { t } from '../shared/host.js';
import { cropRegion } from './crop.js';
import type { View } from './views.js';

const tilesOf = (blocks: readonly Block[]) => blocks.flatMap((block) => (block.kind === 'images' ? block.tiles : []));

/** Films and texts stand above the views; a picture or two beside them. */
export const isWide = ({ original: blocks }: Preview): boolean =>
  tilesOf(blocks).length > 2 || blocks.some(({ kind }) => kind !== 'images');

export function original({ original: blocks }: Preview, inspected: View | undefined): TemplateResult | typeof nothing {
  const [tile, ...others] = tilesOf(blocks);
  if (blocks.length === 0) return nothing;
  if (tile && others.length === 0 && blocks.length === 1) return one(tile, inspected);
  return html`<section class="original" aria-label=${t('original')}>
    ${blocks.map((block) => (block.kind === 'similarity' ? nothing : plainBlock(block)))}
  </section>`;
}

function one(tile: Tile, inspected: View | undefined): TemplateResult {
  const { image, caption, label } = tile;
  const region = cropRegion(inspected?.tile.trace, image);
  const box = (name: string) =>
    region &&
    svg`<rect class=${name} x=${region.left} y=${region.top} width=${region.width} height=${region.height} />`;
  const cut = html`<svg viewBox="0 0 ${image.width} ${image.height}" preserveAspectRatio="none" aria-hidden="true">
    ${box('halo')}${box('cut')}
  </svg>`;
  return html`<figure class="original">
    ${picture(tile, tile, cut)}
    <figcaption>
      <span class="muted">${caption}</span>
      ${label ? html`<div>${t('label')} <b>${label}</b></div>` : nothing}
    </figcaption>
  </figure>`;
}
