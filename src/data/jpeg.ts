/** JPEG, baseline and progressive; gray, YCbCr and CMYK. EXIF orientation is honored. */
import jpeg from 'jpeg-js';
import { exifOrientation } from './exif.js';
import { checkPixels, largestMegapixels, type Picture, PictureError } from './picture.js';

export function decodeJpeg(bytes: Uint8Array): Picture {
  const { width, height, data, exifBuffer } = decode(bytes);
  checkPixels(width, height);
  // The decoder cuts `Exif\0` off; one more zero byte stands before the TIFF block.
  return { width, height, data, orientation: exifBuffer === undefined ? 1 : exifOrientation(exifBuffer.subarray(1)) };
}

function decode(bytes: Uint8Array) {
  try {
    const image = jpeg.decode(bytes, {
      useTArray: true,
      formatAsRGBA: false,
      maxResolutionInMP: largestMegapixels,
      maxMemoryUsageInMB: 16 * largestMegapixels,
    });
    return image as typeof image & { readonly exifBuffer?: Uint8Array };
  } catch (error) {
    const { message } = error as Error;
    if (/limit exceeded/.test(message))
      throw new PictureError(`it is larger than ${largestMegapixels} megapixels, or needs too much memory to decode`);
    throw error;
  }
}
