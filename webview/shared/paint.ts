/** A directive that keeps a canvas showing a picture: `<canvas ${paint(pixels)}></canvas>`. */
import { noChange } from 'lit';
import { Directive, directive, type ElementPart } from 'lit/directive.js';
import type { Pixels } from '../../src/protocol/figure.js';
import { isCrisp, toRgba } from './pixels.js';

class Paint extends Directive {
  private shown: Pixels | undefined;

  override render(_pixels: Pixels): unknown {
    return noChange;
  }

  /** Draws at once and in one go, while the old picture is still on the screen: nothing flickers. */
  override update(part: ElementPart, [pixels]: [Pixels]): unknown {
    if (pixels === this.shown) return noChange;
    this.shown = pixels;
    const canvas = part.element as HTMLCanvasElement;
    const { width, height } = pixels;
    // Setting a size clears the canvas, even when it is the same.
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    canvas.classList.toggle('crisp', isCrisp(pixels));
    canvas.getContext('2d')?.putImageData(new ImageData(toRgba(pixels), width, height), 0, 0);
    return noChange;
  }
}

export const paint = directive(Paint);
