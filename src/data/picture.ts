/** A decoded picture, and why a file is none. */

/** RGB pixels, 8 bits each, row by row. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** `height * width * 3` values. */
  readonly data: Uint8Array;
  /** How to turn it upright: EXIF orientation, 1 (as it is) to 8. */
  readonly orientation: number;
}

/** A file that cannot be used as a picture; the message says why, in words for people. */
export class PictureError extends Error {
  override name = 'PictureError';
}

/** Larger pictures are left out: a decoder needs about 16 bytes a pixel for a moment. */
export const largestMegapixels = 64;

/** Throws for a picture without pixels or with too many; before memory is taken for them. */
export function checkPixels(width: number, height: number): void {
  if (width < 1 || height < 1) throw new PictureError('it has no pixels');
  if (width * height > largestMegapixels * 1e6)
    throw new PictureError(`${width} x ${height} is larger than ${largestMegapixels} megapixels`);
}

/** A value on white behind it: `alpha` 0 (clear) to 255. */
export function onWhite(value: number, alpha: number): number {
  return Math.round((value * alpha + 255 * (255 - alpha)) / 255);
}
