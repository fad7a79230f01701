/**
 * What a person is shown of a method, as data: the trainer side makes figures, webviews and the PNG writer draw them.
 * Methods describe themselves with these few blocks, so a new method needs no new drawing code.
 */

/** A picture to draw: rows of 8-bit pixels, `channels` values each (1 gray, 3 RGB, 4 RGBA). */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3 | 4;
  /** `height * width * channels` values, row by row. */
  readonly data: Uint8Array;
}

/** A value drawn or set for one augmentation, as shown on hover. */
export type DrawnValue = number | boolean | string | readonly number[];

/** One augmentation as it was applied to one view: which, where in its pipeline, and with which drawn parameters. */
export interface AppliedOp {
  readonly op: string;
  /** Position in the pipeline; the switch of that op in the Preview panel has the same number. */
  readonly index: number;
  /** False when the draw said no (probability) or a person switched the op off: the picture passed unchanged. */
  readonly applied: boolean;
  readonly drawn: Readonly<Record<string, DrawnValue>>;
}

/** What a tile or box stands for; panels give each role one color and say it in words. */
export type Role = 'original' | 'anchor' | 'positive' | 'negative' | 'target' | 'prediction';

/** A rectangle on a picture, in its pixels: a patch, a hole, a tracked object. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly role: Role;
  /** A word or number drawn at the box. */
  readonly label?: string;
}

export interface Tile {
  readonly image: Pixels;
  readonly caption: string;
  readonly role?: Role;
  /** Class name, where the data has labels. Only shown to people, never to the method. */
  readonly label?: string;
  /** What was done to the original to get this picture, in order. */
  readonly trace?: readonly AppliedOp[];
  readonly boxes?: readonly Box[];
}

/** A grid of pictures. */
export interface ImagesBlock {
  readonly kind: 'images';
  readonly title?: string;
  /** Headings of the columns: then tiles are laid out row by row, one under each heading. */
  readonly columns?: readonly string[];
  readonly tiles: readonly Tile[];
}

/**
 * Who is compared with whom, and how similar they are: anchors (rows) against candidates (columns).
 * Loss of row i at temperature t: `-log softmax(values[i] / t)[positives[i]]` over all columns but `excluded[i]`.
 */
export interface SimilarityBlock {
  readonly kind: 'similarity';
  readonly title: string;
  readonly anchors: readonly Tile[];
  /** The same tiles as `anchors` when a batch is compared with itself. */
  readonly candidates: readonly Tile[];
  /** Cosine similarities in [-1, 1], `anchors.length * candidates.length`, row by row. */
  readonly values: Float32Array;
  /** For each anchor, the column of its positive. */
  readonly positives: Int32Array;
  /** For each anchor, the column that is left out (itself), or -1. */
  readonly excluded: Int32Array;
  readonly temperature: number;
}

/** How a token came to be what the network is shown. */
export type TokenTreatment = 'plain' | 'special' | 'masked' | 'random' | 'unchanged';

export interface Token {
  /** What the network is shown. */
  readonly text: string;
  readonly treatment: TokenTreatment;
  /** What stood there, where that is asked for. */
  readonly truth?: string;
  /** The network's guesses, the most probable first. */
  readonly guesses?: readonly { readonly text: string; readonly probability: number }[];
}

/** Text as the network is shown it, one strip of tokens per line. */
export interface TokensBlock {
  readonly kind: 'tokens';
  readonly title?: string;
  readonly lines: readonly {
    /** What the line is, such as `A, then B` or a verdict. */
    readonly caption?: string;
    readonly tokens: readonly Token[];
  }[];
}

/** Numbers in rows and columns, drawn as a heat map with its values: a confusion, joint labels, distances over time. */
export interface MatrixBlock {
  readonly kind: 'matrix';
  readonly title: string;
  /** What rows and columns are, such as `true position`. */
  readonly rowTitle?: string;
  readonly columnTitle?: string;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** `rows.length * columns.length`, row by row; NaN is left empty. */
  readonly values: Float32Array;
  /** `fraction` is shown as percent. */
  readonly unit?: 'fraction';
  /** Values of the two ends of the color scale. Default: the least and the greatest value. */
  readonly range?: readonly [number, number];
  /** For each row, the column that is marked (truth, alignment), or -1. Default none. */
  readonly marks?: Int32Array;
}

/** One number per name: accuracy per step ahead, scores of candidates. */
export interface BarsBlock {
  readonly kind: 'bars';
  readonly title: string;
  readonly bars: readonly { readonly label: string; readonly value: number; readonly role?: Role }[];
  readonly unit?: 'fraction';
  /** Value that guessing reaches: a line across the bars. */
  readonly chance?: number;
}

/** A paragraph: what to look at, or why there is nothing to see. */
export interface TextBlock {
  readonly kind: 'text';
  readonly text: string;
}

export type Block = ImagesBlock | SimilarityBlock | TokensBlock | MatrixBlock | BarsBlock | TextBlock;

export interface Figure {
  readonly title: string;
  readonly blocks: readonly Block[];
}
