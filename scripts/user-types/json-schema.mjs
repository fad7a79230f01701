// The JSON schema of serialized experiments: every part is an object whose `use` names its factory.

export function jsonSchema(experiment, parts) {
  const kinds = [...new Set(parts.map(({ kind }) => kind))];
  const ofKind = (kind) => parts.filter((part) => part.kind === kind).map(({ use }) => ({ $ref: `#/$defs/${use}` }));
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Autodidact experiment',
    ...partSchema(
      'experiment',
      'A serialized experiment: what `experiment({ … })` says in a .ssl.ts file.',
      experiment,
      {
        $schema: { type: 'string' },
      },
    ),
    $defs: Object.fromEntries([
      ...kinds.map((kind) => [`any-${kind}`, { oneOf: ofKind(kind) }]),
      ...parts.map(({ use, doc, schema }) => [use, partSchema(use, doc, schema)]),
    ]),
  };
}

function partSchema(use, description, { properties, required }, more = {}) {
  return {
    type: 'object',
    description,
    properties: {
      ...more,
      use: { const: use, description },
      ...Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, draft7(schema)])),
    },
    required: ['use', ...required],
    additionalProperties: false,
  };
}

/** The schema as editors read it: parts by reference, tuples in the words of draft 7, defaults as serialized parts. */
function draft7(schema) {
  if (Array.isArray(schema)) return schema.map(draft7);
  if (typeof schema !== 'object' || schema === null) return schema;
  const { part, prefixItems, default: value, ...rest } = schema;
  if (part !== undefined) return { ...rest, $ref: `#/$defs/any-${part}` };
  return {
    ...Object.fromEntries(Object.entries(rest).map(([key, inner]) => [key, draft7(inner)])),
    ...(prefixItems === undefined
      ? {}
      : { items: draft7(prefixItems), minItems: prefixItems.length, maxItems: prefixItems.length }),
    ...(value === undefined ? {} : { default: serialized(value) }),
  };
}

/** As `toSpec` of src/experiment/experiment.ts, for what is JSON already. */
function serialized(value) {
  if (Array.isArray(value)) return value.map(serialized);
  if (typeof value !== 'object' || value === null) return value;
  const { kind, use, options } = value;
  if (kind !== undefined && use !== undefined && options !== undefined) return { use, ...serialized(options) };
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, serialized(inner)]));
}
