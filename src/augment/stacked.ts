import type { Image, NdArray } from '../experiment/contracts.js';

/** Pictures of one shape as one array: `[pictures, height, width, channels]`. */
export function stacked(images: readonly Image[]): NdArray & { readonly data: Float32Array } {
  const [first] = images;
  if (first === undefined) throw new Error('there are no pictures to stack');
  const data = new Float32Array(images.length * first.data.length);
  images.forEach((image, i) => {
    data.set(image.data, i * first.data.length);
  });
  return { data, shape: [images.length, ...first.shape] };
}
