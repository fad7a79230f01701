/** Channel dropping: only one color channel is kept, against chromatic aberration as a shortcut. */
import type { Image } from '../experiment/contracts.js';
import type { Random } from '../experiment/random.js';

/** Deviation of the noise that takes the place of a channel, around middle gray. */
const noise = 0.01;

/** One channel, drawn at random, as it is; Gaussian noise in the others. Doersch, Gupta & Efros 2015. */
export function dropChannels({ data, shape }: Image, random: Random): Image {
  const channels = shape[2];
  if (channels === 1) return { data: data.slice(), shape };
  const kept = random.integer(channels);
  return { data: data.map((value, i) => (i % channels === kept ? value : 0.5 + noise * random.normal())), shape };
}
