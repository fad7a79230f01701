/** Experiments as plain data, back to experiments: the inverse of `toSpec`. */
import { type Experiment, experimentOptions, makeExperiment } from './experiment.js';
import { checkOptions, definedPart, definedParts, makePart, nearest, OptionsError, report, show } from './part.js';

type Path = readonly (string | number)[];
type Spec = Readonly<Record<string, unknown>>;

/** Issues of a serialized experiment carry the path of their object in place of a stack. */
const marker = 'spec:';

export function specPath(stack: string): Path | undefined {
  return stack.startsWith(marker) ? (JSON.parse(stack.slice(marker.length)) as Path) : undefined;
}

/** Makes an experiment from `{ "use": "experiment", "data": { "use": "fashionMnist" }, … }`; mistakes are OptionsErrors. */
export function experimentFromSpec(spec: unknown): Experiment {
  const stack = marker + JSON.stringify([]);
  if (!isSpec(spec) || spec.use !== 'experiment') {
    const found = isSpec(spec) ? spec.use : spec;
    const message = `a serialized experiment begins with "use": "experiment" (found ${show(found)})`;
    report([{ use: 'experiment', path: isSpec(spec) ? ['use'] : [], message, stack }]);
    throw new OptionsError([]);
  }
  const { use: _use, $schema: _schema, ...given } = spec;
  const { values, broken } = convertAll(given, []);
  if (broken.length === 0) return makeExperiment(values, { stack });
  // What could not be made was reported; the rest is checked as well, so that all mistakes are seen at once.
  const rest = experimentOptions.omit(Object.fromEntries(broken.map((key) => [key, true])) as never);
  checkOptions('experiment', rest, values, { stack });
  throw new OptionsError([]);
}

/** Makes a part from `{ use, ...options }`, and what is made of parts from arrays and objects of such. */
export function fromSpec(spec: unknown, path: Path = []): unknown {
  if (Array.isArray(spec)) return spec.map((item, i) => fromSpec(item, [...path, i]));
  if (typeof spec !== 'object' || spec === null) return spec;
  const { use, ...given } = spec as Spec;
  const { values, broken } = convertAll(isSpec(spec) ? given : (spec as Spec), path);
  if (broken.length > 0) throw new OptionsError([]);
  if (!isSpec(spec)) return values;
  const stack = marker + JSON.stringify(path);
  const definition = definedPart(spec.use);
  if (definition === undefined) {
    report([{ use: spec.use, path: ['use'], message: unknownPart(spec.use), stack }]);
    throw new OptionsError([]);
  }
  const { positional } = definition;
  if (positional === undefined) return makePart(definition, [values], { stack });
  const { [positional]: first, ...rest } = values;
  return makePart(definition, [first, rest], { stack });
}

function convertAll(given: Spec, path: Path): { values: Record<string, unknown>; broken: string[] } {
  const values: Record<string, unknown> = {};
  const broken: string[] = [];
  for (const [key, value] of Object.entries(given)) {
    try {
      values[key] = fromSpec(value, [...path, key]);
    } catch (error) {
      // An error without issues says that they were noted already.
      if (!(error instanceof OptionsError) || error.issues.length > 0) throw error;
      broken.push(key);
    }
  }
  return { values, broken };
}

function unknownPart(use: string): string {
  const known = definedParts().map((part) => part.use);
  const hint = nearest(use, known);
  if (hint !== undefined) return `there is no part "${use}"; did you mean "${hint}"?`;
  return `there is no part "${use}". Parts: ${known.join(', ')}. Custom parts need code: use a .ssl.ts file.`;
}

const isSpec = (value: unknown): value is Spec & { readonly use: string } =>
  typeof value === 'object' && value !== null && typeof (value as Spec).use === 'string';
