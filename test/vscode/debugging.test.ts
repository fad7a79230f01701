/** A researcher writes a loss in a file of its own, sets a breakpoint in it, and looks at its values. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VsCode } from './driver.js';
import { pictureFailures } from './failures.js';

const loss = `import { tf } from 'autodidact';

export function agreement(first: tf.Tensor2D, second: tf.Tensor2D): tf.Scalar {
  const distances = tf.sum(tf.squaredDifference(first, second), 1);
  return tf.mean(distances) as tf.Scalar;
}
`;
/** The line after the distances are known. */
const line = 5;

const experiment = `import { adam, convnet, experiment, fashionMnist, horizontalFlip, l2Normalize, method, randomResizedCrop, type tf } from 'autodidact';
import { agreement } from './agreement';

const pipeline = [randomResizedCrop(), horizontalFlip()];

const attract = method({
  name: 'attract',
  info: { title: 'Attract', summary: 'Two views agree.' },
  pipeline,
  views: (image, context) => ({ first: context.augment(image, pipeline, 0), second: context.augment(image, pipeline, 1) }),
  build({ encoder }) {
    const embed = (images: tf.Tensor) => l2Normalize(encoder.apply(images, { training: true }) as tf.Tensor2D);
    return {
      metrics: { loss: { title: 'Distance', better: 'lower' } },
      loss: ({ tensors }) => ({ loss: agreement(embed(tensors.first!), embed(tensors.second!)) }),
      embed,
      compare: async () => [],
    };
  },
});

export default experiment({
  data: fashionMnist({ train: 96, test: 16 }),
  encoder: convnet({ widths: [8] }),
  method: attract,
  optimizer: adam({ learningRate: 1e-3 }),
  epochs: 1,
  batchSize: 32,
  evaluate: [],
});
`;

let code: VsCode;
beforeAll(async () => {
  code = await VsCode.start({
    workspace: { 'attract.ssl.ts': experiment, 'agreement.ts': loss },
    settings: { 'debug.toolBarLocation': 'docked', 'debug.console.closeOnEnd': false },
  });
});
afterAll(() => code?.stop());
pictureFailures(() => code);

const stopped = () => code.page.locator('.debug-top-stack-frame-line, .debug-top-stack-frame-column');
const console = () => code.page.locator('.repl .monaco-list-rows');

describe('debugging an experiment', () => {
  it('stops at a breakpoint in a file that the experiment imports', async () => {
    await code.openFile('agreement.ts');
    await code.editor().locator('.view-lines').first().click();
    await code.page.keyboard.press('Control+Home');
    for (let at = 1; at < line; at++) await code.page.keyboard.press('ArrowDown');
    await code.page.keyboard.press('F9');
    await code.page.locator('.codicon-debug-breakpoint').first().waitFor();
    await code.openFile('attract.ssl.ts');
    await code.page.locator('.codelens-decoration a', { hasText: 'Debug' }).first().click();
    await stopped().first().waitFor({ timeout: 90_000 });
    await code.page.locator('.tab.active[data-resource-name="agreement.ts"]').waitFor();
  });

  it('answers what a tensor holds there', async () => {
    await code.command('Debug Console: Focus on Debug Console View');
    await code.page.keyboard.type('distances.shape[0]');
    await code.page.keyboard.press('Enter');
    await expect.poll(() => console().innerText()).toMatch(/\b32\b/);
    await code.page.keyboard.type('Math.max(...distances.dataSync()) < 4.001');
    await code.page.keyboard.press('Enter');
    await expect.poll(() => console().innerText()).toMatch(/\btrue\b/);
    await code.screenshot('pictures/debugging');
  });

  it('goes on to the end when the debugger is told to', async () => {
    // The cursor is where it stopped.
    await code.command('View: Focus First Editor Group');
    await code.page.keyboard.press('F9');
    await code.page.locator('.codicon-debug-breakpoint').first().waitFor({ state: 'detached' });
    await code.page.keyboard.press('F5');
    await code.openRuns();
    const row = code.page.locator('.pane-body .monaco-list-row').filter({ hasText: /attract/ });
    await expect.poll(() => row.first().innerText(), { timeout: 60_000 }).toMatch(/finished/i);
  });
});
