/** The gradient kernels that the wasm backend lacks, and better ones for those that are slow in it. */
import { conv2dBackpropFilter, conv2dBackpropInput } from './convolution.js';
import { depthwiseBackpropFilter, depthwiseBackpropInput } from './depthwise.js';
import { cast, identity } from './identity.js';
import { addKernel, replaceKernel } from './kernel.js';
import { batchMatMul } from './matmul.js';
import { mean, sum } from './reductions.js';
import { unsortedSegmentSum } from './segment-sum.js';
import { slice } from './slice.js';

/** To be called once, before the backend starts. */
export function registerWasmKernels(): void {
  addKernel('Conv2DBackpropFilter', conv2dBackpropFilter);
  addKernel('DepthwiseConv2dNativeBackpropInput', depthwiseBackpropInput);
  addKernel('DepthwiseConv2dNativeBackpropFilter', depthwiseBackpropFilter);
  addKernel('UnsortedSegmentSum', unsortedSegmentSum);
  replaceKernel('Conv2DBackpropInput', () => conv2dBackpropInput);
  replaceKernel('BatchMatMul', batchMatMul);
  replaceKernel('Sum', sum);
  replaceKernel('Mean', mean);
  replaceKernel('Slice', slice);
  replaceKernel('Identity', () => identity);
  replaceKernel('Cast', cast);
}
