/** The training steps that are measured. Each system builds the same network, loss and optimizer for them. */

export interface SimclrWork {
  readonly kind: 'simclr';
  readonly name: string;
  readonly encoder: 'convnet' | 'resnet18';
  /** Channels of the first layer. */
  readonly width: number;
  readonly shape: readonly [height: number, width: number, channels: number];
  /** Pictures in a batch; the network sees two views of each. */
  readonly batch: number;
}

/** A transformer that predicts masked tokens. */
export interface TokensWork {
  readonly kind: 'tokens';
  readonly name: string;
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  readonly vocabulary: number;
  /** Tokens of a text, and how many of them are predicted. */
  readonly length: number;
  readonly masked: number;
  /** Texts in a batch. */
  readonly batch: number;
}

export type Work = SimclrWork | TokensWork;

/** ConvNet-S: four 3x3 convolutions, the last three of stride 2, to 8 times the first one's channels. */
export const convnet = (side: number, channels: number, { width = 32, batch = 256 } = {}): SimclrWork => ({
  kind: 'simclr',
  name: `ConvNet-S${width === 32 ? '' : ` width ${width}`}, ${side}x${side}x${channels}, batch ${batch}`,
  encoder: 'convnet',
  width,
  shape: [side, side, channels],
  batch,
});

/** ResNet-18 for small pictures with a quarter of the published channels. */
export const resnet = (side: number, channels: number, { width = 16, batch = 256 } = {}): SimclrWork => ({
  kind: 'simclr',
  name: `ResNet-18 width ${width}, ${side}x${side}x${channels}, batch ${batch}`,
  encoder: 'resnet18',
  width,
  shape: [side, side, channels],
  batch,
});

/** BERT-Tiny: two layers 128 wide, 15 % of the tokens masked. */
export const tokens = ({ batch = 64, length = 64 } = {}): TokensWork => ({
  kind: 'tokens',
  name: `Transformer, 2 layers, ${length} tokens, batch ${batch}`,
  layers: 2,
  width: 128,
  heads: 2,
  vocabulary: 2048,
  length,
  masked: Math.round(0.15 * length),
  batch,
});
