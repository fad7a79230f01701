// Options as TypeScript that people can read: interfaces with documentation, from the JSON schemas of the options.

/** Name of the interface of a kind of part in src/experiment/contracts/. */
const interfaceOf = (kind) => kind[0].toUpperCase() + kind.slice(1);

/** A part of a kind where one is wanted: data and methods of every kind of sample. */
const wanted = (kind) => (/^(dataset|method)$/.test(kind) ? `${interfaceOf(kind)}<any>` : interfaceOf(kind));

/** `simclr` as `SimclrOptions`. */
const optionsOf = (use) => `${use[0].toUpperCase()}${use.slice(1)}Options`;

/** The import of the interfaces that the other texts name. */
export function importText(parts) {
  const kinds = new Set(parts.map(({ kind }) => interfaceOf(kind)));
  return `import type { ${[...kinds].sort().join(', ')} } from './experiment/contracts.js';\n`;
}

export function experimentText(schema) {
  return `export interface ExperimentOptions {
${properties(schema)}
}

/** What \`experiment\` returns: export it from a \`.ssl.ts\` file. */
export interface Experiment extends Required<Omit<ExperimentOptions, 'name' | 'clipNorm'>> {
  readonly kind: 'experiment';
  readonly name?: string;
  readonly clipNorm?: number;
}

/** Describes an experiment. Export the result from a \`*.ssl.ts\` file. */
export declare function experiment(options: ExperimentOptions): Experiment;
`;
}

export function partsText(parts) {
  return parts.map(partText).join('\n');
}

function partText({ use, kind, doc, schema, positional }) {
  const { [positional]: first, ...others } = schema.properties;
  const rest = { properties: others, required: schema.required.filter((name) => name !== positional) };
  const name = optionsOf(use);
  const question = rest.required.length > 0 ? '' : '?';
  const args = [
    ...(first === undefined ? [] : [`${positional}: ${typeText(first)}`]),
    ...(Object.keys(others).length === 0 ? [] : [`options${question}: ${name}`]),
  ];
  const about = first?.description === undefined ? doc : `${doc}\n@param ${positional} ${first.description}`;
  const declared = `${comment(about)}
export declare function ${use}(${args.join(', ')}): ${interfaceOf(kind)};
`;
  if (Object.keys(others).length === 0) return declared;
  return `export interface ${name} {
${properties(rest)}
}
${declared}`;
}

function properties({ properties, required }) {
  return Object.entries(properties)
    .map(([name, schema]) => {
      const question = required.includes(name) ? '' : '?';
      return `${comment(schema.description ?? '', '  ')}\n  readonly ${name}${question}: ${typeText(schema)};`;
    })
    .join('\n');
}

/** A JSON schema as a TypeScript type. Throws for what no option uses so far. */
function typeText(schema) {
  if (schema.part !== undefined) return wanted(schema.part);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const either = schema.anyOf ?? schema.oneOf;
  if (either !== undefined) return either.map(typeText).join(' | ');
  if (schema.prefixItems !== undefined) return `readonly [${schema.prefixItems.map(typeText).join(', ')}]`;
  switch (schema.type) {
    case 'number':
    case 'integer':
      return 'number';
    case 'string':
    case 'boolean':
    case 'null':
      return schema.type;
    case 'array': {
      const item = typeText(schema.items);
      return item.includes(' ') ? `readonly (${item})[]` : `readonly ${item}[]`;
    }
    case 'object':
      if (schema.properties === undefined) return `Readonly<Record<string, ${typeText(schema.additionalProperties)}>>`;
      return `{\n${properties({ required: [], ...schema })}\n}`;
  }
  throw new Error(`no TypeScript for the schema ${JSON.stringify(schema)}`);
}

function comment(text, indent = '') {
  const lines = text.replaceAll('*/', '*\\/').split('\n');
  if (lines.length === 1) return `${indent}/** ${lines[0]} */`;
  return [`${indent}/**`, ...lines.map((line) => `${indent} * ${line}`), `${indent} */`].join('\n');
}
