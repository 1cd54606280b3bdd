// Generates Python's side of the worker protocol from the zod schemas via their JSON Schema: frozen dataclasses that
// the worker decodes and encodes with its own codec. Not datamodel-code-generator, because fields are tuples and names
// are shared, because the worker imports only Python's standard library, and so that detecting drift needs neither
// Python nor 25 more packages. Ranges and patterns are checked only on the TypeScript side.

import { z } from 'zod'
import { mostLayers } from '../shared/passes/layers.ts'
import { sizeLimits } from '../shared/worker-protocol/limits.ts'
import type { RequestDefinition } from '../shared/worker-protocol/request-definition.ts'
import { requests } from '../shared/worker-protocol/requests.ts'
import {
  bareCommands,
  commonMessages,
  heartbeatIntervalMs,
  maximumLineBytes,
  protocolVersion,
} from '../shared/worker-protocol/wire.ts'
import {
  floatMatrixOperators,
  integerMatrixOperators,
  mostSamplesInBlock,
  nothingMultiplied,
  untimedReasons,
} from '../shared/worker-protocol/worker-facts.ts'
import { backendRowBlocks, backendRowsPurpose } from './python-backend-rows.ts'
import { gpuRowBlocks, gpuRowsPurpose, longestLine } from './python-gpu-rows.ts'
import { baseOf, messageClasses, moduleOf, namedSchemas, opaqueSchemas } from './python-names.ts'

interface PythonMetadata {
  readonly id?: string
  readonly python?: string
}

interface JsonSchema extends PythonMetadata {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly JsonSchema[]
  readonly items?: JsonSchema
  readonly additionalProperties?: JsonSchema | boolean
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
}

const generated = 'Generated from shared/worker-protocol by scripts/generate-python-wire.mjs: do not edit.'

/** File name within enginebench_worker/wire -> its text, as ruff formats it. */
export function pythonWire(): Readonly<Record<string, string>> {
  const metadata = z.registry<PythonMetadata>()
  for (const [id, schema] of Object.entries(namedSchemas)) metadata.add(schema, { id })
  for (const [schema, python] of opaqueSchemas) metadata.add(schema, { python })
  const jsonSchemaOf = (schema: z.ZodType): JsonSchema =>
    z.toJSONSchema(schema, { metadata, io: 'output' }) as JsonSchema
  const withoutOwnName = (schema: z.ZodType): JsonSchema => {
    const { $ref, ...whole } = jsonSchemaOf(schema) as JsonSchema & { readonly $defs?: Record<string, JsonSchema> }
    const own = $ref === undefined ? whole : whole.$defs?.[$ref.slice('#/$defs/'.length)]
    if (own === undefined) throw new Error(`${$ref} is not defined.`)
    return own
  }

  const nouns = Object.entries(namedSchemas).map(([name, schema]) => ({ name, schema: withoutOwnName(schema) }))
  const commands = Object.entries<RequestDefinition>(requests).map(([name, { parameters }]) => ({
    name: classNameOf(name),
    wireName: name,
    schema: jsonSchemaOf(z.object({ id: z.int(), ...parameters.shape })),
  }))
  const bare = Object.entries(bareCommands).map(([name, schema]) => ({
    name: classNameOf(name),
    wireName: name,
    schema: jsonSchemaOf(schema.omit({ command: true })),
  }))
  const common = Object.entries<z.ZodObject>(commonMessages).map(([name, schema]) => ({
    name: messageClasses[name] ?? classNameOf(name),
    wireName: name,
    schema: jsonSchemaOf(schema.omit({ message: true })),
  }))
  const answers = new Map(
    Object.values<RequestDefinition>(requests).map(({ answer, result }) => [
      answer,
      {
        name: classNameOf(answer),
        wireName: answer,
        schema: jsonSchemaOf(z.object({ id: z.int(), ...result.shape })),
      },
    ]),
  )
  const allCommands = [...commands, ...bare]
  const allMessages = [...common, ...answers.values()]
  const fieldsOfBase = new Map(nouns.map(({ name, schema }) => [name, Object.keys(schema.properties ?? {})]))
  const nounModule = (purpose: string, isHere: (name: string) => boolean) => {
    const own = nouns.filter(({ name }) => isHere(name))
    return moduleText(
      purpose,
      own.flatMap(({ name, schema }) => (schema.enum ? [alias(name, schema.enum)] : [])),
      own.flatMap(({ name, schema }) => (schema.enum ? [] : [dataclass(name, schema)])),
    )
  }
  return {
    'bench_error.py': nounModule(
      'An expected failure as it crosses the wire.',
      (name) => moduleOf[name] === 'bench_error',
    ),
    'inspection.py': nounModule(
      'What is inside an engine or an ONNX file, as a worker reads it. -1 is a size that is chosen later.',
      (name) => moduleOf[name] === 'inspection',
    ),
    'model_input.py': nounModule(
      'What a model takes: its inputs, and the arrays that they are fed.',
      (name) => moduleOf[name] === 'model_input',
    ),
    'model_source.py': nounModule(
      'Where a PyTorch model and its weights come from, and how it is exported.',
      (name) => moduleOf[name] === 'model_source',
    ),
    'found_source.py': nounModule(
      'A model source of the user, and what an inspection found in it.',
      (name) => moduleOf[name] === 'found_source',
    ),
    'plugin_operators.py': nounModule(
      'What a library of plugins computes, and what of a model only a plugin computes.',
      (name) => moduleOf[name] === 'plugin_operators',
    ),
    'domain.py': nounModule(
      'The nouns that cross the wire. NCHW shapes, sizes in pixels, memory in bytes, absolute paths.',
      (name) => moduleOf[name] === undefined,
    ),
    'facts.py': moduleText(
      'What both workers agree on beyond the messages: limits, ONNX operators and sentences.',
      [
        `MOST_INLINED_NODES = ${sizeLimits.inlinedNodes.most}`,
        `DEEPEST_FUNCTIONS = ${sizeLimits.functionDepth.most}`,
        `MOST_IMAGE_BYTES = ${sizeLimits.imageBytes.most}`,
        `MOST_IMAGE_PIXELS = ${sizeLimits.imagePixels.most}`,
        `MOST_IMAGE_ASPECT = ${sizeLimits.imageAspect.most}`,
        `MOST_SAMPLES_IN_BLOCK = ${mostSamplesInBlock}`,
        `MOST_LAYERS = ${mostLayers}`,
        `UNTIMED_PREPROCESS = ${JSON.stringify(untimedReasons.preprocess)}`,
        `UNTIMED_COPIES = ${JSON.stringify(untimedReasons.copies)}`,
        `NOTHING_MULTIPLIED = ${JSON.stringify(nothingMultiplied)}`,
        tuple('FLOAT_MATRIX_OPERATORS', floatMatrixOperators),
        tuple('INTEGER_MATRIX_OPERATORS', integerMatrixOperators),
      ],
      [],
    ),
    'backend_rows.py': moduleText(backendRowsPurpose, [], backendRowBlocks()),
    'gpu_rows.py': moduleText(gpuRowsPurpose, [], gpuRowBlocks()),
    'commands.py': moduleText(
      'What the supervisor can ask for. Milliseconds, absolute paths.',
      [],
      [
        ...allCommands.map(({ name, schema }) => {
          const base = baseOf[name]
          return dataclass(name, schema, base, fieldsOfBase.get(base ?? ''))
        }),
        union(
          'Command',
          allCommands.map(({ name }) => name),
        ),
        table('COMMAND_SHAPES', allCommands),
      ],
    ),
    'messages.py': moduleText(
      'What the worker answers. Absolute times are nanoseconds of the monotonic clock.',
      [
        `PROTOCOL_VERSION = ${protocolVersion}`,
        `MAXIMUM_LINE_BYTES = ${maximumLineBytes}`,
        `HEARTBEAT_INTERVAL_S = ${heartbeatIntervalMs / 1000}`,
      ],
      [...allMessages.map(({ name, schema }) => dataclass(name, schema)), table('MESSAGE_SHAPES', allMessages)],
    ),
  }
}

function moduleText(purpose: string, assignments: readonly string[], blocks: readonly string[]): string {
  const body = [...(assignments.length === 0 ? [] : [assignments.join('\n')]), ...blocks].join('\n\n\n')
  const isUsed = (name: string) => new RegExp(`\\b${name}\\b`).test(body)
  const foreign = Object.keys(namedSchemas)
    .filter((name) => isUsed(name) && !new RegExp(`^(class ${name}\\b|${name} = )`, 'm').test(body))
    .sort()
  const standard = [
    ...(isUsed('dataclass') ? ['from dataclasses import dataclass'] : []),
    ...(isUsed('Literal') ? ['from typing import Literal'] : []),
  ]
  const own = [
    ...(
      [
        'bench_error',
        'domain',
        'found_source',
        'inspection',
        'model_input',
        'model_source',
        'plugin_operators',
      ] as const
    ).map((module) =>
      importLine(
        module,
        foreign.filter((name) => (moduleOf[name] ?? 'domain') === module),
      ),
    ),
  ].flat()
  return [
    `"""${purpose}`,
    ...['', `${generated}"""`, '', 'from __future__ import annotations', ''],
    ...standard,
    ...(own.length === 0 ? [] : ['', ...own]),
    ...(standard.length + own.length > 0 ? [''] : []),
    ...(body.startsWith('@') ? [''] : []),
    body,
    '',
  ].join('\n')
}

function importLine(module: string, names: readonly string[]): readonly string[] {
  return names.length === 0 ? [] : [listed(`from enginebench_worker.wire.${module} import `, names, '(', ')')]
}

function alias(name: string, values: readonly unknown[]): string {
  return listed(
    `${name} = Literal`,
    values.map((value) => JSON.stringify(value)),
    '[',
    ']',
  )
}

function dataclass(name: string, schema: JsonSchema, base?: string, inherited: readonly string[] = []): string {
  const fields = fieldsOf(schema).filter(({ key }) => !inherited.includes(key))
  const required = fields.filter(({ optional }) => !optional)
  const optional = fields.filter((field) => field.optional)
  const lines = [
    ...required.map(({ key, schema }) => fieldLine(snakeCase(key), pythonType(schema))),
    ...optional.map(({ key, schema }) => fieldLine(snakeCase(key), nullable(pythonType(schema)), ' = None')),
  ]
  const head = base === undefined ? `class ${name}:` : `class ${name}(${base}):`
  return ['@dataclass(frozen=True)', head, ...(lines.length === 0 ? ['    pass'] : lines)].join('\n')
}

function fieldLine(name: string, type: string, suffix = ''): string {
  const line = `    ${name}: ${type}${suffix}`
  if (line.length <= longestLine) return line
  const literal = /^Literal\[(.*)\]$/.exec(type)?.[1]
  if (literal === undefined) throw new Error(`${name}: ${type} does not fit a line.`)
  return listed(`    ${name}: Literal`, literal.split(', '), '[', `]${suffix}`, '    ')
}

interface Field {
  readonly key: string
  readonly schema: JsonSchema
  readonly optional: boolean
}

/** A union of objects becomes one class: a field that not every alternative has may be absent. */
function fieldsOf(schema: JsonSchema): readonly Field[] {
  const alternatives = schema.anyOf ?? [schema]
  const fields = new Map<string, JsonSchema[]>()
  for (const { properties = {} } of alternatives) {
    for (const [key, property] of Object.entries(properties)) fields.set(key, [...(fields.get(key) ?? []), property])
  }
  return [...fields].map(([key, [first = {}, ...others]]) => ({
    key,
    schema: others.length === 0 ? first : { anyOf: [first, ...others] },
    optional: alternatives.some(({ required = [] }) => !required.includes(key)),
  }))
}

function pythonType(schema: JsonSchema): string {
  if (schema.python !== undefined) return schema.python
  if (schema.$ref !== undefined) return schema.$ref.slice('#/$defs/'.length)
  if (schema.anyOf) return unionType(schema.anyOf.map(pythonType))
  if (schema.const !== undefined) return `Literal[${JSON.stringify(schema.const)}]`
  if (schema.enum) return `Literal[${schema.enum.map((value) => JSON.stringify(value)).join(', ')}]`
  if (schema.type === 'array') return `tuple[${pythonType(schema.items ?? {})}, ...]`
  if (schema.type === 'object' && typeof schema.additionalProperties === 'object') {
    return `dict[str, ${pythonType(schema.additionalProperties)}]`
  }
  if (schema.type === undefined) return 'object'
  return unionType([schema.type].flat().map(plainType))
}

function plainType(type: string): string {
  const types: Readonly<Record<string, string>> = {
    string: 'str',
    integer: 'int',
    number: 'float',
    boolean: 'bool',
    null: 'None',
  }
  const found = types[type]
  if (found === undefined) throw new Error(`A schema of type ${type} needs a name in namedSchemas.`)
  return found
}

function unionType(types: readonly string[]): string {
  const unique = [...new Set(types)]
  return [...unique.filter((type) => type !== 'None'), ...unique.filter((type) => type === 'None')].join(' | ')
}

function nullable(type: string): string {
  return type.endsWith('None') ? type : `${type} | None`
}

function union(name: string, members: readonly string[]): string {
  return `${name} = (\n    ${members.join('\n    | ')}\n)`
}

function table(name: string, shapes: readonly { readonly name: string; readonly wireName: string }[]): string {
  const rows = shapes.map((shape) => `    "${shape.wireName}": ${shape.name},`)
  return [`${name}: dict[str, type] = {`, ...rows, '}'].join('\n')
}

function tuple(name: string, values: readonly string[]): string {
  return [`${name} = (`, ...values.map((value) => `    ${JSON.stringify(value)},`), ')'].join('\n')
}

/** On one line if it fits, otherwise one item per line. */
function listed(head: string, items: readonly string[], open: string, close: string, indent = ''): string {
  const bare = open === '(' ? `${head}${items.join(', ')}` : `${head}${open}${items.join(', ')}${close}`
  if (bare.length <= longestLine) return bare
  return [`${head}${open}`, ...items.map((item) => `${indent}    ${item},`), `${indent}${close}`].join('\n')
}

function classNameOf(name: string): string {
  return name.replace(/(?:^|-)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}

/** @throws if Python's codec would not restore the same key. */
function snakeCase(key: string): string {
  const name = key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  if (name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()) !== key) {
    throw new Error(`${key} has no name in Python that leads back to it.`)
  }
  return name
}
