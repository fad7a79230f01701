/** The syntax tree of a user's file: finds calls and the options written in them. */
import { parse } from '@babel/parser';

/** What this module needs of a node of the tree. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

export interface Call extends SyntaxNode {
  readonly callee: SyntaxNode;
  readonly arguments: readonly SyntaxNode[];
}

export interface ImportedName {
  /** The name in the module that is imported from. */
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

export class SourceTree {
  private readonly nodes: readonly SyntaxNode[];

  constructor(text: string) {
    const plugins: ['typescript'] = ['typescript'];
    const { program } = parse(text, { sourceType: 'module', errorRecovery: true, plugins });
    this.nodes = [...descendants(program as unknown as SyntaxNode)];
  }

  /** The call that stands at an offset: where its callee's name begins, or else the smallest call around it. */
  callAt(offset: number): Call | undefined {
    const around = this.nodes.filter(
      (node): node is Call => /^(Call|New|OptionalCall)Expression$/.test(node.type) && contains(node, offset),
    );
    const named = around.filter(({ callee }) => contains(callee, offset));
    return (named.length > 0 ? named : around).sort((a, b) => a.end - a.start - (b.end - b.start))[0];
  }

  /** Values (not types) that are imported by name from a module. */
  importsFrom(module: string): ImportedName[] {
    return this.nodes.flatMap((node) => {
      if (node.type !== 'ImportDeclaration' || (node.source as { value?: unknown }).value !== module) return [];
      return (node.specifiers as SyntaxNode[]).flatMap(({ type, imported }) => {
        const { name, value, start, end } = (imported ?? {}) as SyntaxNode;
        return type === 'ImportSpecifier' ? [{ name: String(name ?? value), start, end }] : [];
      });
    });
  }
}

/** The name in a call that says what is called: `simclr` of `ssl.simclr(…)`. */
export function calleeName({ callee }: Call): SyntaxNode {
  return callee.type.endsWith('MemberExpression') ? (callee.property as SyntaxNode) : callee;
}

/**
 * The node that an option was written as, following `path` into object and array literals as far as they are written
 * out: behind a variable it is the variable. Undefined where not even the first step is written, as behind a spread.
 */
export function optionNode(
  argument: SyntaxNode | undefined,
  path: readonly (string | number)[],
  part: 'key' | 'value',
): SyntaxNode | undefined {
  const node = argument && bare(argument);
  const [step, ...rest] = path;
  if (node === undefined || step === undefined) return node;
  if (node.type === 'ObjectExpression') {
    // The last one of a name wins, as at run time.
    const property = (node.properties as SyntaxNode[]).findLast((p) => keyOf(p) === String(step));
    if (property === undefined) return undefined;
    const key = property.key as SyntaxNode;
    if (rest.length === 0 && part === 'key') return key;
    return optionNode((property.value as SyntaxNode | undefined) ?? key, rest, part) ?? key;
  }
  if (node.type === 'ArrayExpression') {
    const elements = node.elements as (SyntaxNode | null)[];
    const before = elements.slice(0, Number(step) + 1);
    const element = before[Number(step)];
    if (!element || before.some((e) => e?.type === 'SpreadElement')) return node;
    return optionNode(element, rest, part) ?? element;
  }
  return node;
}

/** Without `as`, `satisfies`, `!` and parentheses. */
function bare(node: SyntaxNode): SyntaxNode {
  const inner = /^(TSAs|TSSatisfies|TSNonNull|TSTypeAssertion|Parenthesized)/.test(node.type) && node.expression;
  return inner ? bare(inner as SyntaxNode) : node;
}

function keyOf(property: SyntaxNode): string | undefined {
  const key = property.key as SyntaxNode | undefined;
  if (key === undefined || property.computed === true) return undefined;
  return String(key.name ?? key.value);
}

const contains = ({ start, end }: SyntaxNode, offset: number) => start <= offset && offset < end;

function* descendants(node: SyntaxNode): Generator<SyntaxNode> {
  yield node;
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (typeof child?.type === 'string' && typeof child.start === 'number') yield* descendants(child);
    }
  }
}
