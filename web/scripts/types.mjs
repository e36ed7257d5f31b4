// Writes src/api/schema.gen.ts: the shapes that openapi.json describes, as TypeScript. Run before every check and build, so
// that the page's own types (types.ts, scenario-types.ts) are held against what the server says; see agree.ts.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const API = join(dirname(fileURLToPath(import.meta.url)), '..', 'src', 'api');
const { components, paths } = JSON.parse(readFileSync(join(API, 'openapi.json'), 'utf8'));
const nameOf = (ref) => ref.slice(ref.lastIndexOf('/') + 1).replace(/\W/g, '_');
const PLAIN = { string: 'string', integer: 'number', number: 'number', boolean: 'boolean', null: 'null' };

function list(schema) {
  if (schema.prefixItems) return `[${schema.prefixItems.map(type).join(', ')}]`;
  const item = type(schema.items ?? {});
  const tuple = schema.minItems !== undefined && schema.minItems === schema.maxItems && schema.minItems <= 8;
  return tuple ? `[${Array(schema.minItems).fill(item).join(', ')}]` : `(${item})[]`;
}

function object(schema) {
  const required = new Set(schema.required ?? []);
  // A member that may be null is always sent: the server writes null rather than leaving it out.
  const sent = (key, value) => required.has(key) || /\bnull\b/.test(type(value));
  const members = Object.entries(schema.properties ?? {}).map(([key, value]) => `${JSON.stringify(key)}${sent(key, value) ? '' : '?'}: ${type(value)}`);
  const rest = schema.additionalProperties;
  const open = rest && typeof rest === 'object' ? [`[key: string]: ${type(rest)}`] : [];
  if (members.length === 0 && open.length === 0) return 'Record<string, unknown>';
  return `{ ${[...members, ...open].join('; ')} }`;
}

function type(schema) {
  if (schema.$ref) return nameOf(schema.$ref);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const union = schema.oneOf ?? schema.anyOf;
  if (union) return union.map((part) => `(${type(part)})`).join(' | ');
  if (schema.allOf) return schema.allOf.map((part) => `(${type(part)})`).join(' & ');
  const kinds = [schema.type ?? (schema.properties ? 'object' : 'any')].flat();
  return kinds.map((kind) => (kind === 'array' ? list(schema) : kind === 'object' ? object(schema) : (PLAIN[kind] ?? 'unknown'))).join(' | ');
}

const lines = Object.entries(components.schemas).map(([name, schema]) => `export type ${name.replace(/\W/g, '_')} = ${type(schema)};`);
const asked = (path) => Object.values(path).flatMap(({ parameters = [] }) => parameters.filter((one) => one.in === 'query').map((one) => one.name));
const routes = Object.entries(paths).map(([path, methods]) => `  ${JSON.stringify(path)}: ${JSON.stringify(asked(methods))},`);
const resolved = (schema) => (schema?.$ref ? resolved(components.schemas[schema.$ref.split('/').at(-1)]) : schema?.oneOf ? resolved(schema.oneOf.find((part) => part.$ref)) : (schema ?? {}));
const bodies = Object.entries(paths).flatMap(([path, methods]) => Object.entries(methods).flatMap(([method, { requestBody }]) => {
  const properties = resolved(requestBody?.content?.['application/json']?.schema).properties;
  return properties ? [`  ${JSON.stringify(`${method.toUpperCase()} ${path}`)}: ${JSON.stringify(Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, resolved(schema).enum ?? []])))},`] : [];
}));
const text = `// Written by scripts/types.mjs from openapi.json. Not kept in git.\n${lines.join('\n')}\n\n/** Every address the server answers, with the parameters it takes. */\nexport const ROUTES: Record<string, readonly string[]> = {\n${routes.join('\n')}\n};\n\n/** What the body of a request may hold, each member with the words it is limited to. */\nexport const BODIES: Record<string, Record<string, readonly string[]>> = {\n${bodies.join('\n')}\n};\n`;
// Untouched when it says the same, so that nothing is built again for it.
const file = join(API, 'schema.gen.ts');
if (!existsSync(file) || readFileSync(file, 'utf8') !== text) writeFileSync(file, text);
