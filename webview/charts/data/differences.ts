/** Which options differ between runs: the difference is the experiment. */
import type { RunFacts } from '../../../src/protocol/run.js';
import { t } from '../../shared/strings.js';

export interface Difference {
  /** Short name of the option: the last words of its path that tell it from the others. */
  readonly name: string;
  /** Its path in the experiment, such as `method.temperature`. */
  readonly path: string;
  /** What each run has, in the order of the runs; `–` where the option is absent. */
  readonly values: readonly string[];
}

type Tree = Readonly<Record<string, unknown>>;

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);
const isPart = (value: unknown): value is Tree & { use: string } => isTree(value) && typeof value.use === 'string';

/** A list of parts is compared part by part, whatever their order in the list: `crop`, `blur`, `blur 2`. */
function byUse(list: readonly unknown[]): Tree | undefined {
  if (!list.every(isPart)) return undefined;
  const parts: Record<string, unknown> = {};
  for (const item of list) {
    let key = item.use;
    for (let n = 2; key in parts; n++) key = `${item.use} ${n}`;
    parts[key] = item;
  }
  return parts;
}

function shown(value: unknown): string {
  if (value === undefined) return '–';
  if (isPart(value)) return value.use;
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(Number(value.toPrecision(6)));
  return JSON.stringify(value);
}

function* compare(path: readonly string[], values: readonly unknown[]): Generator<Omit<Difference, 'name'>> {
  const texts = values.map((value) => JSON.stringify(value));
  if (texts.every((text) => text === texts[0])) return;
  const lists = values.every(Array.isArray) ? values.map((list) => byUse(list as unknown[])) : [];
  const trees = lists.length > 0 && lists.every((list) => list !== undefined) ? lists : values;
  const uses = new Set(values.map((value) => (isPart(value) ? value.use : undefined)));
  if (trees.every(isTree) && uses.size === 1) {
    const before = trees.flatMap(Object.keys);
    for (const key of new Set(before)) {
      yield* compare(
        [...path, key],
        trees.map((tree) => (tree as Tree)[key]),
      );
    }
    // The same parts in another order.
    if (trees === lists && new Set(trees.map((tree) => Object.keys(tree as Tree).join())).size > 1) {
      const sets = new Set(
        trees.map((tree) =>
          Object.keys(tree as Tree)
            .sort()
            .join(),
        ),
      );
      if (sets.size === 1)
        yield { path: path.join('.'), values: trees.map((tree) => Object.keys(tree as Tree).join(', ')) };
    }
    return;
  }
  yield { path: path.join('.'), values: values.map(shown) };
}

/** The options in which the experiments of these runs differ. With equal options, says whether their code differs. */
export function differences(runs: readonly RunFacts[]): Difference[] {
  if (runs.length < 2) return [];
  const specs = runs.map(({ spec, engine }) => ({
    ...(isTree(spec) ? spec : {}),
    // What people call a run is no option, and the engine that computed says more than `auto`.
    name: undefined,
    engine: engine?.name ?? (isTree(spec) ? spec.engine : undefined),
  }));
  const found = [...compare([], specs)];
  if (found.length === 0) {
    // The hash is of the options and of the sources.
    const codes = runs.map(({ specHash }) => specHash);
    const versions = [...new Set(codes)];
    if (versions.length < 2) return [];
    const name = t('source code');
    return [{ name, path: name, values: codes.map((code) => t('version {0}', versions.indexOf(code) + 1)) }];
  }
  return found.map((difference) => ({ ...difference, name: shortName(difference.path, found) }));
}

function shortName(path: string, all: readonly { readonly path: string }[]): string {
  const words = path.split('.');
  for (let n = 1; n < words.length; n++) {
    const name = words.slice(-n).join('.');
    if (all.filter((other) => other.path === name || other.path.endsWith(`.${name}`)).length === 1) return name;
  }
  return path;
}
