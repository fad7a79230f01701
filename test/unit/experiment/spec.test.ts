import { describe, expect, it } from 'vitest';
import { experiment, toSpec } from '../../../src/experiment/experiment.js';
import { collectIssues, OptionsError } from '../../../src/experiment/part.js';
import { experimentFromSpec, specPath } from '../../../src/experiment/spec.js';
import { flip, sound } from './parts.js';

/** Every mistake as `where: what`. */
async function mistakes(spec: unknown): Promise<string[]> {
  const { issues } = await collectIssues(async () => {
    try {
      experimentFromSpec(spec);
    } catch (error) {
      expect(error).toBeInstanceOf(OptionsError);
    }
  });
  return issues.map(({ path, message, stack }) => `${[...(specPath(stack) ?? ['?']), ...path].join('.')}: ${message}`);
}
const spec = () => toSpec(experiment(sound())) as Record<string, unknown>;

describe('a serialized experiment', () => {
  it('comes back as it was', () => {
    const back = experimentFromSpec(JSON.parse(JSON.stringify(spec())));
    expect(toSpec(back)).toEqual(spec());
    expect(specPath(back.site.stack ?? '')).toEqual([]);
  });

  it('may name its schema', () => {
    expect(toSpec(experimentFromSpec({ $schema: './s.json', ...spec() }))).toEqual(spec());
  });

  it('tells all mistakes at once, each at its place', async () => {
    const wrong = {
      ...spec(),
      data: { use: 'testFoldr', path: 'x' },
      encoder: { use: 'testNet', sise: 3 },
      method: { use: 'testContrast', views: [{ use: 'testFlip' }, { use: 'testFlip', p: 7 }] },
      epoch: 3,
    };
    const found = await mistakes(wrong);
    expect(found).toHaveLength(4);
    expect(found[0]).toMatch(/^data\.use: there is no part "testFoldr"; did you mean "testFolder"\?/);
    expect(found[1]).toMatch(/^encoder\.sise: unknown option "sise"; did you mean "size"\?/);
    expect(found[2]).toMatch(/^method\.views\.1\.p: .*<=1/);
    expect(found[3]).toMatch(/^epoch: unknown option "epoch"; did you mean "epochs"\?/);
  });

  it('must name itself, have what is required, and put parts where they belong', async () => {
    expect(await mistakes([])).toEqual([expect.stringContaining('begins with "use": "experiment"')]);
    expect(await mistakes({ use: 'experimnt' })).toEqual([expect.stringMatching(/^use: .*found "experimnt"/)]);
    const { optimizer: _, ...incomplete } = spec();
    expect(await mistakes(incomplete)).toEqual([expect.stringMatching(/^optimizer: missing: expected an optimizer/)]);
    expect(await mistakes({ ...spec(), encoder: toSpec(flip()) })).toEqual([
      expect.stringMatching(/^encoder: expected an encoder: testNet\(\).*found testFlip/),
    ]);
  });
});
