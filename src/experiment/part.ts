/**
 * A part of an experiment is what a factory such as `simclr({...})` returns: its behavior, and the options it was made
 * from. One zod schema per part gives the checks, the defaults, the JSON schema, the users' types and the docs.
 */
import { distance } from 'fastest-levenshtein';
import { z } from 'zod';

export type PartKind = 'dataset' | 'augmentation' | 'encoder' | 'method' | 'schedule' | 'optimizer' | 'evaluation';

export interface Part<K extends PartKind = PartKind> {
  readonly kind: K;
  /** Name of the factory, such as `simclr`; the `use` of a serialized spec. */
  readonly use: string;
  /** Checked options with defaults filled in. */
  readonly options: Readonly<Record<string, unknown>>;
}

export interface PartDefinition<K extends PartKind = PartKind, S extends z.ZodObject = z.ZodObject> {
  readonly kind: K;
  readonly use: string;
  /** First line: what it is. Then ranges, source paper, remarks. Shown on hover and in the docs. */
  readonly doc: string;
  /** Every option has a `.describe()`: unit, range, published value. */
  readonly options: S;
  /** The option that the factory takes as its first argument, such as the path of `imageFolder`. */
  readonly positional?: keyof z.output<S> & string;
  create(options: z.output<S>): object;
}

/** Where a factory was called: an Error, whose stack becomes text when it is asked for, which takes longer than the call. */
export interface CallSite {
  readonly stack?: string | undefined;
}

/** One mistake in an experiment. */
export interface Issue {
  /** Factory it was made in, such as `simclr`, or `experiment`. */
  readonly use: string;
  /** Path of the option within the factory's argument. */
  readonly path: readonly (string | number)[];
  /** What is wrong, what was found, what is allowed. */
  readonly message: string;
  /** Where the factory was called: the stack at that moment, for the loader to map to a line. */
  readonly stack: string;
}

/** An experiment has mistakes in its options. */
export class OptionsError extends Error {
  override name = 'OptionsError';
  constructor(readonly issues: readonly Issue[]) {
    super(
      issues
        .map(({ use, path, message }) => `${use}${path.length ? `: ${path.join('.')}` : ''}: ${message}`)
        .join('\n'),
    );
  }
}

let collected: Issue[] | undefined;

/**
 * While `work` runs, factories note mistakes instead of throwing, and go on with defaults where they can, so that a
 * person sees all mistakes at once. Without a collector (in scripts) factories throw an OptionsError.
 */
export async function collectIssues<T>(work: () => Promise<T>): Promise<{ result: T; issues: readonly Issue[] }> {
  const outer = collected;
  const issues: Issue[] = [];
  collected = issues;
  try {
    return { result: await work(), issues };
  } finally {
    collected = outer;
  }
}

/** Notes an issue with the collector, or throws. */
export function report(issues: readonly Issue[]): void {
  if (issues.length === 0) return;
  if (collected === undefined) throw new OptionsError(issues);
  collected.push(...issues);
}

const registry = new Map<string, PartDefinition>();

/** All built-in parts, in the order they were defined. */
export function definedParts(): readonly PartDefinition[] {
  return [...registry.values()];
}
export function definedPart(use: string): PartDefinition | undefined {
  return registry.get(use);
}

type Arguments<S extends z.ZodObject, P extends string | undefined> = P extends keyof z.input<S>
  ? Record<never, never> extends Omit<z.input<S>, P>
    ? [first: z.input<S>[P], options?: Omit<z.input<S>, P>]
    : [first: z.input<S>[P], options: Omit<z.input<S>, P>]
  : Record<never, never> extends z.input<S>
    ? [options?: z.input<S>]
    : [options: z.input<S>];

/** Defines a built-in part and returns its factory. */
export function definePart<
  K extends PartKind,
  S extends z.ZodObject,
  B extends object,
  P extends (keyof z.output<S> & string) | undefined = undefined,
>(
  definition: Omit<PartDefinition<K, S>, 'create' | 'positional'> & { positional?: P; create(options: z.output<S>): B },
): (...args: Arguments<S, P>) => Part<K> & B {
  registry.set(definition.use, definition as unknown as PartDefinition);
  return (...args: unknown[]) =>
    makePart(definition as unknown as PartDefinition<K, S>, args, callSite()) as Part<K> & B;
}

/** Makes a part from a definition and the arguments of its factory. */
export function makePart(definition: PartDefinition, args: readonly unknown[], site: CallSite): Part {
  const { positional } = definition;
  const given = positional === undefined ? (args[0] ?? {}) : { ...(args[1] as object), [positional]: args[0] };
  const named = { kind: definition.kind, use: definition.use };
  const options = unlessUnusable(() => checkOptions(definition.use, definition.options, given, site));
  // A part without behavior: it takes its place, so that the parts around it are checked too.
  if (options === undefined) return { ...named, options: {} };
  return { ...named, options, ...definition.create(options) };
}

/** Undefined where `work` gives up because of mistakes that the collector has noted. */
export function unlessUnusable<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof OptionsError && error.issues.length === 0) return undefined;
    throw error;
  }
}

/** The same part with some options changed. */
export function withOptions(part: Part, changes: Readonly<Record<string, unknown>>): Part {
  const definition = definedPart(part.use);
  if (definition === undefined)
    throw new Error(`${part.use} is custom code: its options can only be changed in its source`);
  const options = { ...part.options, ...changes };
  const { positional } = definition;
  if (positional === undefined) return makePart(definition, [options], callSite());
  const { [positional]: first, ...rest } = options;
  return makePart(definition, [first, rest], callSite());
}

/** Checks options against a schema: notes every mistake, then returns what holds, with defaults for the rest. */
export function checkOptions<S extends z.ZodObject>(
  use: string,
  schema: S,
  given: unknown,
  site: CallSite,
): z.output<S> {
  const strict = schema.strict();
  const checked = strict.safeParse(given);
  if (checked.success) return checked.data as z.output<S>;
  report(checked.error.issues.flatMap((issue) => describeIssue(use, schema, given, issue, site.stack ?? '')));
  // Only with a collector: leave out the options that are wrong, so that the rest can still be looked at.
  const wrong = new Set(checked.error.issues.map(({ path }) => path[0]));
  const kept = Object.fromEntries(
    Object.entries(typeof given === 'object' ? (given ?? {}) : {}).filter(([k]) => k in schema.shape && !wrong.has(k)),
  );
  const repaired = schema.safeParse(kept);
  if (repaired.success) return repaired.data as z.output<S>;
  throw new OptionsError([]);
}

function describeIssue(
  use: string,
  schema: z.ZodObject,
  given: unknown,
  issue: z.core.$ZodIssue,
  stack: string,
): Issue[] {
  const path = issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step));
  const found = path.reduce<unknown>(
    (value, step) => (value as Record<string | number, unknown> | undefined)?.[step],
    given,
  );
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const known = path.length === 0 ? Object.keys(schema.shape) : [];
      const hint = nearest(key, known);
      const list = known.length ? ` Options: ${known.join(', ')}.` : '';
      return {
        use,
        path: [...path, key],
        message: `unknown option "${key}"${hint ? `; did you mean "${hint}"?` : '.'}${list}`,
        stack,
      };
    });
  }
  if (found === undefined && issue.code === 'invalid_type')
    return [{ use, path, message: 'missing: this option is required', stack }];
  if (found === undefined) return [{ use, path, message: `missing: ${issue.message}`, stack }];
  return [{ use, path, message: `${issue.message} (found ${show(found)})`, stack }];
}

/** The nearest of the known names, if it is near. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const ranked = known
    .map((candidate) => ({ candidate, d: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.d - b.d);
  const best = ranked[0];
  return best !== undefined && best.d <= Math.max(2, name.length / 3) ? best.candidate : undefined;
}

/** A value as it would be written in source, shortened. */
export function show(value: unknown): string {
  if (isPart(value)) return `${value.use}(…)`;
  if (typeof value === 'function') return 'a function';
  const text = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value));
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

export function isPart(value: unknown): value is Part {
  return typeof value === 'object' && value !== null && 'kind' in value && 'use' in value && 'options' in value;
}

/** Schema of an option that is itself a part. */
export function partOf<P extends Part>(kind: P['kind']): z.ZodType<P, P> {
  return z
    .custom<P>((value) => isPart(value) && value.kind === kind, {
      error: () => `expected ${article(kind)}: ${factories(kind)}`,
    })
    .meta({ part: kind }) as unknown as z.ZodType<P, P>;
}

/** The built-in parts of a kind, as they are called. */
const factories = (kind: PartKind) =>
  definedParts()
    .filter((part) => part.kind === kind)
    .map(({ use, positional }) => `${use}(${positional === undefined ? '' : '…'})`)
    .join(', ');

const article = (kind: string) => (/^[aeiou]/.test(kind) ? `an ${kind}` : `a ${kind}`);

/** The place of the caller, with a stack that is deep enough to reach the user's file. */
export function callSite(): CallSite {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 30;
  const site = new Error();
  Error.stackTraceLimit = stackTraceLimit;
  return site;
}
