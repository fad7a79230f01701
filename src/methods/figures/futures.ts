/** What a context predicts: its true future among the candidates that were ranked first. */
import type { LatentGrid } from '../../losses/future.js';
import type { BarsBlock, Block, Box, ImagesBlock, Pixels, Tile } from '../../protocol/figure.js';
import { heatMap } from './heat-map.js';

/** What was predicted `ahead` rows on, for all contexts of a batch. */
export interface Ahead {
  /** What to call it, such as `2 ahead`. */
  readonly label: string;
  readonly ahead: number;
  /** `[contexts, latents]`, row by row; far below all others where a latent was no candidate. */
  readonly scores: Float32Array;
  /** The true future of each context. */
  readonly labels: Int32Array;
  /** What guessing reaches. */
  readonly chance: number;
}

/** Pictures of latents and contexts. */
export interface FuturePictures {
  /** What a latent stands for. */
  latent(index: number): Tile;
  /** What the context of a row has seen of a sample, with the place it predicts. */
  context(sample: number, row: number, column: number, ahead: number): Tile;
}

/** How many candidates are shown, and how many contexts of how many samples. */
const BEST = 3;
const CONTEXTS = 6;

const rankings = ['1st', '2nd', '3rd'];

/** Share of the contexts whose true future comes first, per step ahead. */
export function accuracyBars(aheads: readonly Ahead[]): BarsBlock {
  const share = ({ scores, labels }: Ahead) => {
    const latents = scores.length / labels.length;
    const right = labels.reduce((sum, label, i) => {
      const own = scores.subarray(i * latents, (i + 1) * latents);
      return sum + (own[label] === own.reduce((most, u) => Math.max(most, u)) ? 1 : 0);
    }, 0);
    return right / labels.length;
  };
  return {
    kind: 'bars',
    title: 'True future ranked first, by how far ahead it is',
    unit: 'fraction',
    bars: aheads.map((ahead) => ({ label: ahead.label, value: share(ahead), role: 'prediction' })),
    chance: Math.max(...aheads.map(({ chance }) => chance)),
  };
}

/** Context, true future and the candidates with the highest scores, for a few contexts of different samples. */
export function rankedFutures(ahead: Ahead, grid: LatentGrid, pictures: FuturePictures): Block {
  const { scores, labels } = ahead;
  const latents = scores.length / labels.length;
  const each = labels.length / grid.batch;
  const count = Math.min(CONTEXTS, grid.batch);
  const withMap = grid.columns > 1;
  const tiles = Array.from({ length: count }, (_, sample): Tile[] => {
    // A context in the middle of each sample, each time another one.
    const place = (Math.floor(each / 2) + sample) % each;
    const context = sample * each + place;
    const [row, column] = [Math.floor(place / grid.columns), place % grid.columns];
    const own = scores.subarray(context * latents, (context + 1) * latents);
    const truth = labels[context] as number;
    const order = Array.from(own.keys()).sort((a, b) => (own[b] as number) - (own[a] as number));
    const ranked = (latent: number): Tile => ({
      ...pictures.latent(latent),
      caption: `score ${(own[latent] as number).toFixed(2)}`,
      role: latent === truth ? 'positive' : 'negative',
    });
    return [
      { ...pictures.context(sample, row, column, ahead.ahead), role: 'anchor' },
      { ...ranked(truth), caption: `rank ${order.indexOf(truth) + 1}`, role: 'target' },
      ...order.slice(0, BEST).map(ranked),
      ...(withMap ? [ownScores(own, truth, grid, sample)] : []),
    ];
  });
  return {
    kind: 'images',
    title: `What the context predicts, ${ahead.label}: the true future should be ranked first`,
    columns: ['context', 'true future', ...rankings.slice(0, BEST), ...(withMap ? ['scores in its picture'] : [])],
    tiles: tiles.flat(),
  } satisfies ImagesBlock;
}

/** Scores of the latents of the context's own picture, with the true future boxed; gray where there was no candidate. */
function ownScores(own: Float32Array, truth: number, { rows, columns }: LatentGrid, sample: number): Tile {
  const each = rows * columns;
  const scores = own.slice(sample * each, (sample + 1) * each).map((u) => (u < -1e8 ? Number.NaN : u));
  const at = truth - sample * each;
  const box: Box = { left: at % columns, top: Math.floor(at / columns), width: 1, height: 1, role: 'target' };
  return { image: heatMap({ data: scores, shape: [rows, columns] }), caption: 'light: high', boxes: [box] };
}

/** Patches put back where they are in their picture; gray where there is none. */
export function assembled(
  patches: readonly { readonly image: Pixels; readonly left: number; readonly top: number }[],
  width: number,
  height: number,
): Pixels {
  const channels = patches[0]?.image.channels ?? 1;
  const data = new Uint8Array(width * height * channels).fill(128);
  for (const { image, left, top } of patches)
    for (let y = 0; y < image.height; y++) {
      const row = image.data.subarray(y * image.width * channels, (y + 1) * image.width * channels);
      data.set(row, ((top + y) * width + left) * channels);
    }
  return { width, height, channels, data };
}
