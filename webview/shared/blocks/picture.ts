/** A tile's picture with its boxes over it, drawn as sharp as the screen is, whatever the size of the picture. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Box, Pixels, Tile } from '../../../src/protocol/figure.js';
import { paint } from '../paint.js';
import { tileText } from '../trace.js';

/**
 * @param said what the alternative text is made of: the tile, or more than it.
 * @param over what else lies over the picture.
 */
export const picture = (
  tile: Tile,
  said = tile,
  over: unknown = nothing,
): TemplateResult => html`<div class="picture ${tile.role ?? ''}">
  <canvas role="img" aria-label=${tileText(said)} ${paint(tile.image)}></canvas>
  ${tile.boxes?.length ? html`<div class="boxes" aria-hidden="true">${tile.boxes.map((box) => frame(box, tile.image))}</div>` : nothing}
  ${over}
</div>`;

function frame({ left, top, width, height, role, label }: Box, image: Pixels): TemplateResult {
  const part = (value: number, whole: number) => `${(100 * value) / whole}%`;
  const place = `left: ${part(left, image.width)}; top: ${part(top, image.height)}; width: ${part(width, image.width)}; height: ${part(height, image.height)}`;
  return html`<span class="box ${role}" .style=${place}>${label ? html`<span class="box-label">${label}</span>` : nothing}</span>`;
}
