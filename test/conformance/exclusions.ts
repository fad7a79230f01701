/** Tests of TensorFlow.js core that the onnxruntime engine is not held to, by a part of their name, and why. */
export const exclusions: readonly { readonly name: RegExp; readonly reason: string }[] = [
  { name: /complex/i, reason: 'complex64 tensors are not supported; no method uses them' },
  { name: /upcasts when dtypes dont match/, reason: 'one of its cases is complex64' },
  {
    name: /gather .* throws when index is out of bound/,
    reason: 'indices are values: the error comes when the result is read, not when gather is called',
  },
  {
    name: /tan .* numbers exceed float32 precision/,
    reason: 'differs in the last bit of a float32 (30144.178 against 30144.176)',
  },
];
