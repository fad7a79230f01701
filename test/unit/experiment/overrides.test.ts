import { describe, expect, it } from 'vitest';
import { experiment, toSpec } from '../../../src/experiment/experiment.js';
import { specHash, stableJson } from '../../../src/experiment/hash.js';
import { OverrideError, withOverrides } from '../../../src/experiment/overrides.js';
import { sound } from './parts.js';

const set = (...changes: string[]) => toSpec(withOverrides(experiment(sound()), changes));
const refusal = (change: string) => {
  try {
    set(change);
  } catch (error) {
    if (error instanceof OverrideError) return error.message;
    throw error;
  }
  throw new Error(`${change} was accepted`);
};

describe('--set', () => {
  it('changes options of the experiment, of its parts, and of parts in lists', () => {
    expect(set('epochs=2', 'method.temperature=0.1', 'method.views.1.p=0.25', 'data.path=other folder')).toMatchObject({
      epochs: 2,
      method: { temperature: 0.1, views: [{ p: 0.5 }, { p: 0.25 }] },
      data: { path: 'other folder', size: 32 },
    });
  });

  it('takes JSON or bare words, and the name of a part for the part', () => {
    expect(set('engine=wasm')).toMatchObject({ engine: 'wasm' });
    expect(set('engine="wasm"', 'name=a=b')).toMatchObject({ engine: 'wasm', name: 'a=b' });
    expect(set('method={"use":"testContrast","temperature":2}')).toMatchObject({ method: { temperature: 2 } });
    expect(set('encoder.size=3', 'encoder=testNet')).toMatchObject({ encoder: { use: 'testNet', size: 8 } });
  });

  it('leaves the experiment it was given alone', () => {
    const original = experiment(sound());
    withOverrides(original, ['epochs=3', 'method.temperature=9']);
    expect(original.epochs).toBe(10);
    expect(toSpec(original)).toMatchObject({ method: { temperature: 0.5 } });
  });

  it('refuses what does not exist, with the nearest name', () => {
    expect(refusal('epoch=2')).toMatch(/unknown option "epoch"; did you mean "epochs"\?/);
    expect(refusal('metod.temperature=2')).toContain('did you mean "method"?');
    expect(refusal('method.temprature=2')).toContain('did you mean "temperature"?');
    expect(refusal('method.views.2.p=1')).toContain('the list has 2');
    expect(refusal('epochs.x=1')).toContain('has no options');
    expect(refusal('kind=1')).toContain('unknown option "kind"');
  });

  it('refuses what an option does not allow, and what is no change', () => {
    expect(refusal('epochs=0')).toMatch(/^--set epochs=0: .*>=1/);
    expect(refusal('method.views.0.p=2')).toContain('<=1');
    expect(refusal('encoder=testFolder')).toContain('--set encoder=testFolder');
    expect(refusal('epochs')).toContain('expected option=value');
    expect(refusal('=3')).toContain('expected option=value');
  });
});

describe('hashes', () => {
  it('do not depend on the order of keys', () => {
    expect(stableJson({ b: 1, a: { d: [2, { y: 1, x: 2 }], c: 3 } })).toBe('{"a":{"c":3,"d":[2,{"x":2,"y":1}]},"b":1}');
  });

  it('tell experiments apart by their options, and by nothing else', () => {
    const hash = (...changes: string[]) => specHash(withOverrides(experiment(sound()), changes));
    expect(hash()).toBe(hash('epochs=10'));
    expect(hash()).not.toBe(hash('epochs=11'));
    expect(hash()).not.toBe(hash('method.views.1.p=0.9'));
  });
});
