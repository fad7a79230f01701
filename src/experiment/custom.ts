/**
 * Parts written by users: `method({ … })`, `augmentation({ … })` and so on take the functions that the contracts name,
 * and return a part like the built-in ones.
 */
import type {
  Augmentation,
  Dataset,
  Drawn,
  Encoder,
  Evaluation,
  Image,
  Method,
  MethodInfo,
  Optimizer,
} from './contracts.js';
import { callSite, definedPart, type Issue, nearest, type Part, type PartKind, report, show } from './part.js';

/** What every custom part says of itself. */
export interface CustomPart {
  /** What to call it in runs and charts, such as `myMethod`; not the name of a built-in part. */
  readonly name: string;
  /** Plain values it was made with: recorded with the run. Default none. */
  readonly options?: Readonly<Record<string, unknown>>;
}

type Custom<P extends Part> = CustomPart & Omit<P, keyof Part>;

export type CustomAugmentation<D extends Drawn = Drawn> = Custom<Augmentation<D>>;
export type CustomDataset<S = Image> = Custom<Dataset<S>>;
export type CustomEncoder = Custom<Encoder>;
export type CustomOptimizer = Custom<Optimizer>;

export interface CustomMethod<S = Image> extends Omit<Custom<Method<S>>, 'info' | 'pipeline'> {
  /** What to tell people about it. Default: its name. */
  readonly info?: Partial<MethodInfo>;
  /** Augmentations the Preview panel offers switches for. Default none. */
  readonly pipeline?: readonly Augmentation[];
}

export interface CustomEvaluation extends Omit<Custom<Evaluation>, 'when' | 'needsLabels' | 'metrics'> {
  /** After every epoch (and before training), or only before and after training. Default `epoch`. */
  readonly when?: Evaluation['when'];
  /** Whether it needs data with labels. Default false. */
  readonly needsLabels?: boolean;
  /** What to say of its values, by name. Default nothing. */
  readonly metrics?: Evaluation['metrics'];
}

/** A method of your own: what the network is shown (`views`), and the networks and the loss (`build`). */
export function method<S = Image>(definition: CustomMethod<S>): Method<S> {
  const part = custom('method', definition, {
    views: '`views(sample, context)`, which returns what the network is shown for one sample',
    build: '`build(context)`, which makes the networks and returns the loss',
  });
  const info: MethodInfo = {
    title: part.use,
    family: 'contrastive',
    paper: { authors: '', year: new Date().getFullYear(), title: '' },
    inputs: ['image'],
    summary: '',
    ...definition?.info,
  };
  return { pipeline: [], ...part, info };
}

/** An augmentation of your own: `draw` decides by chance, `apply` does what was drawn. */
export function augmentation<D extends Drawn = Drawn>(definition: CustomAugmentation<D>): Augmentation<D> {
  return custom('augmentation', definition, {
    draw: '`draw(random, shape)`, which returns the drawn parameters, or undefined to leave the picture as it is',
    apply: '`apply(image, drawn)`, which returns the changed picture',
  });
}

/** Data of your own. */
export function dataset<S = Image>(definition: CustomDataset<S>): Dataset<S> {
  return custom('dataset', definition, {
    open: '`open(environment)`, which resolves to the training and test samples',
  });
}

/** An encoder of your own. */
export function encoder(definition: CustomEncoder): Encoder {
  return custom('encoder', definition, {
    build: '`build(shape, random)`, which makes the network: { features, apply, variables }',
  });
}

/** An optimizer of your own. */
export function optimizer(definition: CustomOptimizer): Optimizer {
  return custom('optimizer', definition, {
    learningRate: '`learningRate(step, totalSteps, stepsPerEpoch)`',
    create: '`create(variables)`, which returns { apply, slots, dispose }',
  });
}

/** An evaluation of your own: numbers about the network, by name. */
export function evaluation(definition: CustomEvaluation): Evaluation {
  return {
    when: 'epoch',
    needsLabels: false,
    metrics: {},
    ...custom('evaluation', definition, { run: '`run(context)`, which resolves to numbers by name' }),
  };
}

function custom<K extends PartKind, C extends CustomPart>(
  kind: K,
  definition: C,
  functions: Readonly<Record<string, string>>,
): Omit<C, 'name' | 'options'> & Part<K> {
  const site = callSite();
  const issue = (path: Issue['path'], message: string): Issue => ({
    use: kind,
    path,
    message,
    stack: site.stack ?? '',
  });
  const given: Readonly<Record<string, unknown>> = { ...(definition as object) };
  const issues: Issue[] = Object.entries(functions).flatMap(([name, what]) => {
    if (typeof given[name] === 'function') return [];
    if (given[name] !== undefined) return [issue([name], `expected the function ${what} (found ${show(given[name])})`)];
    const like = nearest(
      name,
      Object.keys(given).filter((key) => !(key in functions)),
    );
    const hint = like === undefined ? '' : `; is "${like}" meant to be "${name}"?`;
    return [issue([name], `missing: the function ${what}${hint}`)];
  });
  const { name, options = {}, ...behavior } = definition ?? {};
  if (typeof name !== 'string' || name === '') issues.push(issue(['name'], `expected a name (found ${show(name)})`));
  else if (definedPart(name) !== undefined)
    issues.push(issue(['name'], `"${name}" is a built-in part; take another name`));
  report(issues);
  return { ...behavior, kind, use: typeof name === 'string' ? name : kind, options };
}
