/** What there is to say about the built-in methods, for lists, docs and snippets. */
import type { Method, MethodInfo } from '../experiment/contracts.js';
import { definedPart } from '../experiment/part.js';
import * as all from './all.js';

export interface MethodEntry extends MethodInfo {
  /** Name in files, snippets and on the command line, such as `moco-v2`. */
  readonly id: string;
  /** Name of the factory, such as `mocoV2`. */
  readonly use: string;
  /** What to type in the editor to get a complete experiment. */
  readonly snippet: string;
  /** First line: what it is. */
  readonly doc: string;
}

/** The built-in methods, in the order of `all.ts`. */
export function listMethods(): MethodEntry[] {
  return Object.values(all).map((factory) => {
    const method = factory() as Method;
    const id = method.use.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase();
    return {
      id,
      use: method.use,
      snippet: `ssl-${id}`,
      doc: definedPart(method.use)?.doc ?? '',
      ...method.info,
    };
  });
}
