/** By which of its measures a method is judged in the report card. */
export interface Judged {
  /** Its own task on held-out samples. Default `pretext.accuracy`. */
  readonly task: string;
  /** What it is compared with: its untrained value, or another measure. Default: the chance level of the measure. */
  readonly against?: 'untrained' | string;
  /** Default `linearProbe.accuracy`. */
  readonly downstream: string;
  /** What to know when reading its row. */
  readonly remark?: string;
}

const usual: Judged = { task: 'pretext.accuracy', downstream: 'linearProbe.accuracy' };
const special: Readonly<Record<string, Partial<Judged>>> = {
  colorization: { task: 'pretext.rebalancedAccuracy' },
  inpainting: { task: 'pretext.psnr' },
  monodepth: { task: 'pretext.disparityError' },
};

export const judged = (id: string): Judged => ({ ...usual, ...special[id] });
