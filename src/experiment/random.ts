/**
 * Counter-based randomness: a stream is a pure function of its key, and keys are made from counters, so what is drawn
 * for (seed, epoch, sample, view) depends on nothing else: not on order, worker count, or where a run was resumed.
 *
 * Threefry-2x32 with 20 rounds: Salmon, Moraes, Dror & Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC 2011).
 */

/** Left rotations of the rounds, repeated every eight. */
const rotations = Uint8Array.of(13, 15, 26, 6, 17, 29, 16, 24);

/** Threefry-2x32-20 of one counter block; writes two 32-bit words to `out`. */
export function threefry2x32(key0: number, key1: number, counter0: number, counter1: number, out: Uint32Array): void {
  let x0 = (counter0 + key0) | 0;
  let x1 = (counter1 + key1) | 0;
  // The three key words take turns; every fourth round adds the next two.
  let added = key1;
  let next = key0 ^ key1 ^ 0x1bd11bda;
  let last = key0;
  for (let round = 0; round < 20; round += 4) {
    for (let i = round & 7, end = i + 4; i < end; i++) {
      const rotation = rotations[i] as number;
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << rotation) | (x1 >>> (32 - rotation))) ^ x0;
    }
    x0 = (x0 + added) | 0;
    x1 = (x1 + next + (round >> 2) + 1) | 0;
    const first = added;
    added = next;
    next = last;
    last = first;
  }
  out[0] = x0;
  out[1] = x1;
}

/** Purposes that must not share draws; the first counter after the seed. */
export const Stream = { order: 1, view: 2, init: 3, step: 4, evaluate: 5, split: 6 } as const;

/** A stream of draws. Draws follow each other; `at` makes an independent stream for given counters. */
export class Random {
  private position = 0;
  private readonly words = new Uint32Array(2);

  private constructor(
    private readonly key0: number,
    private readonly key1: number,
  ) {}

  static fromSeed(seed: number): Random {
    return new Random(Math.floor(seed / 0x1_0000_0000) | 0, seed | 0);
  }

  /** An independent stream for these counters (integers); it does not depend on what was drawn here before. */
  at(...counters: number[]): Random {
    let { key0, key1 } = this;
    const out = new Uint32Array(2);
    for (const counter of counters) {
      // Bit 31 of the first word tells key derivation from draws, so that no child shares a block with its parent.
      threefry2x32(key0, key1, 0x80000000 | Math.floor(counter / 0x1_0000_0000), counter | 0, out);
      key0 = out[0] as number;
      key1 = out[1] as number;
    }
    return new Random(key0, key1);
  }

  /** 32 random bits as an unsigned integer. */
  bits(): number {
    if ((this.position & 1) === 0) threefry2x32(this.key0, this.key1, 0, this.position >>> 1, this.words);
    return this.words[this.position++ & 1] as number;
  }

  /** A real number in [low, high). */
  uniform(low = 0, high = 1): number {
    return low + (high - low) * (this.bits() / 0x1_0000_0000);
  }

  /** An integer in [0, bound). The bias of the reduction is below bound / 2^32. */
  integer(bound: number): number {
    return Math.floor((this.bits() / 0x1_0000_0000) * bound);
  }

  /** True with probability p. */
  chance(p: number): boolean {
    return this.uniform() < p;
  }

  /** A standard normal draw (Box-Muller; the second value is not kept). */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** A random order of 0..length-1 (Fisher-Yates). */
  permutation(length: number): Uint32Array {
    const order = Uint32Array.from({ length }, (_, i) => i);
    for (let i = length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const kept = order[i] as number;
      order[i] = order[j] as number;
      order[j] = kept;
    }
    return order;
  }
}
