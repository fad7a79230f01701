/**
 * Resizing pictures. Bilinear and nearest-neighbor resizing are linear and separable: a matrix for the rows and one for
 * the columns. Their gradients are the transposed matrices. Weights follow TensorFlow.js's reference kernels.
 */
import type { Info, Kernel, Lowering, Operand } from './lowering.js';
import { nchw } from './lowering.js';

interface Corners {
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
}

/** `[out, size]`: how much of each input pixel is in each output pixel. */
type Weights = (size: number, out: number, corners: Corners) => Float32Array;

const scaleOf = (size: number, out: number, alignCorners: boolean) =>
  alignCorners && out > 1 ? (size - 1) / (out - 1) : size / out;

const bilinear: Weights = (size, out, { alignCorners, halfPixelCenters }) => {
  const matrix = new Float32Array(out * size);
  const scale = scaleOf(size, out, alignCorners);
  for (let i = 0; i < out; i++) {
    const at = halfPixelCenters ? scale * (i + 0.5) - 0.5 : scale * i;
    const low = Math.max(0, Math.floor(at));
    const fraction = at - low;
    const high = Math.min(size - 1, Math.ceil(at));
    matrix[i * size + low] = (matrix[i * size + low] as number) + 1 - fraction;
    matrix[i * size + high] = (matrix[i * size + high] as number) + fraction;
  }
  return matrix;
};

const nearest: Weights = (size, out, { alignCorners, halfPixelCenters }) => {
  const matrix = new Float32Array(out * size);
  const scale = scaleOf(size, out, alignCorners);
  for (let i = 0; i < out; i++) {
    const at = halfPixelCenters ? scale * (i + 0.5) : scale * i;
    const source = Math.min(size - 1, alignCorners ? Math.round(at) : Math.floor(at));
    matrix[i * size + Math.max(0, source)] = 1;
  }
  return matrix;
};

/** rows · picture · columns for every channel of an NCHW picture. */
function between(
  graph: Lowering,
  x: string,
  rows: { matrix: Float32Array; dims: readonly number[] },
  columns: { matrix: Float32Array; dims: readonly number[] },
): string {
  const left = graph.constant(1, rows.dims, rows.matrix);
  const right = graph.constant(1, columns.dims, columns.matrix);
  return graph.node('MatMul', [left, graph.node('MatMul', [x, right])]);
}

function transposed(matrix: Float32Array, rows: number, columns: number): Float32Array {
  return Float32Array.from(matrix, (_, i) => matrix[(i % rows) * columns + Math.floor(i / rows)] as number);
}

const resize = (weights: Weights): Kernel => ({
  inputs: ['images'],
  infer: ([x], { size }) => {
    const [batch, , , channels] = (x as Info).shape as [number, number, number, number];
    return { shape: [batch, size[0], size[1], channels], dtype: 'float32' };
  },
  supports: ([x]) => (x as Info).dtype === 'float32',
  lower: (graph, [x], { size, ...corners }) => {
    const [, height, width] = (x as Operand).shape as [number, number, number];
    const rows = { matrix: weights(height, size[0], corners), dims: [size[0], height] };
    const columns = { matrix: transposed(weights(width, size[1], corners), size[1], width), dims: [width, size[1]] };
    return nchw(between(graph, graph.nchw(x as Operand), rows, columns));
  },
});

const resizeGrad = (weights: Weights): Kernel => ({
  inputs: ['images', 'dy'],
  infer: ([x]) => x as Info,
  lower: (graph, [x, dy], attributes) => {
    const [, height, width] = (x as Operand).shape as [number, number, number];
    const [, outHeight, outWidth] = (dy as Operand).shape as [number, number, number];
    const corners = { halfPixelCenters: false, ...attributes };
    const rows = {
      matrix: transposed(weights(height, outHeight, corners), outHeight, height),
      dims: [height, outHeight],
    };
    const columns = { matrix: weights(width, outWidth, corners), dims: [outWidth, width] };
    return nchw(between(graph, graph.nchw(dy as Operand), rows, columns));
  },
});

export const resizeKernels: Readonly<Record<string, Kernel>> = {
  ResizeBilinear: resize(bilinear),
  ResizeBilinearGrad: resizeGrad(bilinear),
  ResizeNearestNeighbor: resize(nearest),
  ResizeNearestNeighborGrad: resizeGrad(nearest),
};
