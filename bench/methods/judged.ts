/** By which of its measures a method is judged in the report card. */
export interface Judged {
  /** Its own task on held-out samples. Default `pretext.accuracy`. */
  readonly task: string;
  /** What it is compared with: its value before training, or another measure. Default: the chance level of the measure. */
  readonly against?: 'untrained' | string;
  /** Default `linearProbe.accuracy`. */
  readonly downstream: string;
  /** What to know when reading its row. */
  readonly remark?: string;
}

const usual: Judged = { task: 'pretext.accuracy', downstream: 'linearProbe.accuracy' };
/** Methods that learn to classify are measured by that, beside supervised training on the same labels. */
const classifier = 'pretext.accuracy';

const chosen =
  'Its options were chosen on a part of the training pictures that was held out for that (a third of it were variants of emoji that were trained on; of the test pictures none are).';

const special: Readonly<Record<string, Partial<Judged>>> = {
  bert: {
    against: 'pretext.unigramAccuracy',
    remark: 'Compared with always saying the most frequent token.',
  },
  'deep-infomax': { task: 'pretext.localAccuracy' },
  // White is so common that always saying it is right more often than not.
  colorization: { task: 'pretext.rebalancedAccuracy' },
  inpainting: { task: 'pretext.psnr', remark: 'Guessing: the mean color of the data in the hole.' },
  monodepth: {
    task: 'pretext.disparityError',
    remark: 'Guessing: the best constant disparity. There is nothing to classify in this data.',
  },
  tcn: {
    task: 'alignmentError.error',
    against: 'untrained',
    remark: 'Compared with the untrained network. There is nothing to classify in this data.',
  },
  'shuffle-and-learn': { task: 'pretext.balancedAccuracy' },
  sla: {
    task: 'pretext.jointAccuracy',
    downstream: classifier,
    remark: `${chosen} With turned copies instead of orders of colors the gain was within the spread of the seeds.`,
  },
  's4l-rotation': {
    task: 'pretext.rotationAccuracy',
    downstream: classifier,
    remark: `${chosen} Where the classes were learned from all four turned copies, as published, so small a network stayed 4 points below supervised training. With changes of color among the views, as in the example of S4L-Exemplar, it was 0.5 to 2 points above supervised training with the same views on three held-out parts of the training pictures, one seed each.`,
  },
  's4l-exemplar': {
    task: 'pretext.exemplarAccuracy',
    against: 'untrained',
    downstream: classifier,
    remark:
      'Its options were chosen on three parts of the training pictures that share no emoji with the rest: there it was 1.5 to 3 points above supervised training with the same views, one seed each. Always taking the hardest triplets, as published, lay between 3 points below and 2.4 above in over 40 single runs, and with strong views all pictures often got the same vector. Guessing: the untrained network, for which copies are nearer to each other than to other pictures already.',
  },
};

export const judged = (id: string): Judged => ({ ...usual, ...special[id] });
