/** The encoder of an experiment with its initial weights. */
import type { Encoder, EncoderModule, EncoderPlace, Method } from './contracts.js';
import type { Random } from './random.js';

/**
 * @param shape What the encoder takes: see encoder-input.ts.
 * @param random Decides the initial weights.
 */
export function makeEncoder(
  { encoder, method }: { readonly encoder: Encoder; readonly method?: Pick<Method<never>, 'encoder'> },
  shape: readonly number[],
  random: Random,
  place: EncoderPlace,
): EncoderModule {
  const make = (own: readonly number[], number = 0) =>
    encoder.build(own, number === 0 ? random : random.at(number), place);
  return method?.encoder?.({ shape, make }) ?? make(shape);
}
