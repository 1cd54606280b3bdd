// Where a model may come from, as one line of text that the command line, the window, plans and recipes share. A
// reference is a manifest's id, the path of an .onnx file, or a source that a worker inspects first:
//   timm:resnet18   torchvision:resnet18   hf:owner/name@revision   /path/of/a/folder   /path/of/module.py:factory
// What the user changed of what was found follows a `?`: `timm:resnet18?input-size=288&mean=0.5`. Paths are absolute.
import { z } from 'zod'
import { modelManifestSchema, preprocessingSchema } from './model.ts'
import { type Option, type OptionFault, readOption } from './option.ts'

export const modelSourceSchema = z.object({
  /** `folder`: Hugging Face's layout. `hub`: the same, at its hub. `module`: the user's own Python. */
  kind: z.enum(['folder', 'hub', 'timm', 'torchvision', 'module']),
  /** Absolute path of the folder or Python file; `owner/name`; or the library's name of the model. */
  place: z.string().min(1).max(4096),
  /** Hub: a branch, tag or commit; null for the newest, and for other kinds. */
  revision: z.string().min(1).max(200).nullable(),
  /** Module: the function that returns the model; null for other kinds. */
  factory: z.string().nullable(),
})
export type ModelSource = z.infer<typeof modelSourceSchema>
export type SourceKind = ModelSource['kind']

/** For lists and headings. */
export const sourceLabels: Readonly<Record<SourceKind, string>> = {
  folder: 'your folder',
  hub: 'Hugging Face hub',
  timm: 'timm',
  torchvision: 'torchvision',
  module: 'your code',
}

/** How to write each, for messages and help. */
export const sourceForms = 'FOLDER, hf:OWNER/NAME, timm:NAME, torchvision:NAME or MODULE.py:FUNCTION'

const sizeText = z.string().regex(/^[1-9]\d{0,3}(x[1-9]\d{0,3})?$/, 'Write HEIGHTxWIDTH or one number, e.g. 320x640.')
const perChannel = z.array(z.number()).max(4)

/** What may be changed of what an inspection found. */
export const changeOptions = {
  task: {
    flag: 'task',
    valueName: 'task',
    schema: modelManifestSchema.shape.task.exclude(['custom']).optional(),
    label: 'task',
    description: 'What the outputs of a model from a source mean',
  },
  inputSize: {
    flag: 'input-size',
    valueName: 'size',
    schema: sizeText.optional(),
    label: 'input size',
    description: 'Input of a model from a source, as HEIGHTxWIDTH in pixels, or one number for both',
  },
  resize: {
    flag: 'resize',
    valueName: 'how',
    schema: preprocessingSchema.shape.resize.exclude(['none']).optional(),
    label: 'resize',
    description: 'How images of a model from a source get their size',
  },
  interpolation: {
    flag: 'interpolation',
    valueName: 'name',
    schema: preprocessingSchema.shape.interpolation.optional(),
    label: 'interpolation',
    description: 'How images of a model from a source are interpolated',
  },
  rescale: {
    flag: 'rescale',
    valueName: 'factor',
    schema: z.number().positive().max(1000).optional(),
    label: 'rescale',
    description: 'What pixels of 0 to 255 are multiplied by, before mean and deviation',
  },
  mean: {
    flag: 'mean',
    valueName: 'numbers',
    schema: perChannel.optional(),
    label: 'mean',
    description: 'Subtracted from each channel of a model from a source, or from all; after rescaling',
  },
  deviation: {
    flag: 'deviation',
    valueName: 'numbers',
    schema: z.array(z.number().positive()).max(4).optional(),
    label: 'deviation',
    description: 'Each channel is divided by it, or all are; after the mean',
  },
  outputs: {
    flag: 'outputs',
    valueName: 'names',
    schema: z.array(z.string().min(1)).max(16).optional(),
    label: 'outputs',
    description: 'Outputs of a model from a source that are computed and compared, by name',
  },
  mostBatch: {
    flag: 'most-batch',
    valueName: 'size',
    schema: z.number().int().min(1).max(1024).optional(),
    label: 'largest batch',
    description: 'Largest batch of a model from a source',
  },
} as const satisfies Readonly<Record<string, Option>>

export type ModelChanges = {
  readonly [Key in keyof typeof changeOptions]?: z.output<(typeof changeOptions)[Key]['schema']>
}

export interface ModelReference {
  /** Without its changes. */
  readonly text: string
  /** Null for a manifest's id and for an .onnx file. */
  readonly source: ModelSource | null
  readonly changes: ModelChanges
}

/** What is wrong with the text, and what to write; all faults of its changes at once. */
export function readModelReference(
  whole: string,
): { readonly reference: ModelReference } | { readonly faults: readonly OptionFault[] } {
  const [text, queries] = splitChanges(whole)
  const read = readSource(text)
  if ('faults' in read) return read
  if (queries.length > 0 && read.source === null) {
    return fault(`What follows the "?" of "${whole}" does not apply: ${text} is no model source.`, 'Leave it out.')
  }
  const changes: Record<string, unknown> = {}
  const faults: OptionFault[] = []
  for (const query of queries) {
    const [flag = '', ...value] = query.split('=')
    const entry = Object.entries<Option>(changeOptions).find(([, option]) => option.flag === flag)
    if (entry === undefined) {
      const known = Object.values(changeOptions).map((option) => option.flag)
      faults.push(...fault(`"${flag}" of "${whole}" cannot be changed.`, `Choose from: ${known.join(', ')}.`).faults)
      continue
    }
    const found = readOption(entry[1], [decodeURIComponent(value.join('='))])
    if ('fault' in found) faults.push(found.fault)
    else changes[entry[0]] = found.value
  }
  return faults.length > 0 ? { faults } : { reference: { text, source: read.source, changes } }
}

/** The reference as text; changes in the order of their table, so that equal references are equal texts. */
export function modelReferenceText({ text, changes }: Pick<ModelReference, 'text' | 'changes'>): string {
  const queries = Object.entries<Option>(changeOptions).flatMap(([key, { flag }]) => {
    const value = changes[key as keyof ModelChanges]
    if (value === undefined) return []
    const words = Array.isArray(value) ? value.join(',') : String(value)
    return [`${flag}=${encodeURIComponent(words).replaceAll('%2C', ',')}`]
  })
  return queries.length === 0 ? text : `${text}?${queries.join('&')}`
}

/** The path that a reference names on this machine; null if it names none. */
export function pathOfModel(whole: string): string | null {
  const [text] = splitChanges(whole)
  const read = readSource(text)
  if ('faults' in read) return /[/\\]/.test(text) ? text : null
  if (read.source === null) return /[/\\]/.test(text) ? text : null
  return read.source.kind === 'folder' || read.source.kind === 'module' ? read.source.place : null
}

/** The same reference with another path, as a command line makes a relative one absolute. */
export function withModelPath(whole: string, resolved: (path: string) => string): string {
  const path = pathOfModel(whole)
  if (path === null) return whole.endsWith('.onnx') ? resolved(whole) : whole
  return resolved(path) + whole.slice(path.length)
}

/** A path may hold a `?`, so only what looks like changes is taken for them. */
function splitChanges(whole: string): readonly [string, readonly string[]] {
  const found = /^(.+)\?([a-z-]+=[^?/\\]*)$/s.exec(whole)
  return found === null ? [whole, []] : [found[1] ?? '', (found[2] ?? '').split('&')]
}

function readSource(
  text: string,
): { readonly source: ModelSource | null } | { readonly faults: readonly OptionFault[] } {
  const named = (kind: SourceKind, place: string, more: Partial<ModelSource> = {}) => ({
    source: { kind, place, revision: null, factory: null, ...more },
  })
  const [, prefix = '', rest = ''] = /^(hf|timm|torchvision):(.*)$/s.exec(text) ?? []
  if (prefix === 'hf') {
    const [, place, revision] = /^([\w.-]+\/[\w.-]+)(?:@([\w./-]+))?$/.exec(rest) ?? []
    if (place === undefined)
      return fault(`"${text}" names no model of the hub.`, 'Write hf:OWNER/NAME or hf:OWNER/NAME@REVISION.')
    return named('hub', place, { revision: revision ?? null })
  }
  if (prefix === 'timm' || prefix === 'torchvision') {
    if (/^[\w.-]+$/.test(rest)) return named(prefix, rest)
    return fault(`"${text}" names no model of ${prefix}.`, `Write ${prefix}:NAME, e.g. ${prefix}:resnet18.`)
  }
  if (text.endsWith('.onnx')) return { source: null }
  const [, file, factory] = /^(.+\.py)(?::([A-Za-z_]\w*))?$/s.exec(text) ?? []
  if (file !== undefined) {
    if (factory !== undefined) return named('module', file, { factory })
    return fault(`"${text}" does not say which function returns the model.`, `Write ${text}:FUNCTION.`)
  }
  return /[/\\]/.test(text) || text === '.' || text === '..' ? named('folder', text) : { source: null }
}

function fault(message: string, remedy: string): { readonly faults: readonly OptionFault[] } {
  return { faults: [{ code: 'unknown-model', message, remedy }] }
}

/** What a worker finds in a source; together with the changes it becomes a manifest. Shapes are NCHW. */
export const sourceFactsSchema = z.object({
  name: z.string().min(1),
  /** The Python class that runs. */
  className: z.string(),
  task: modelManifestSchema.shape.task,
  repository: z.string(),
  /** The hub's commit; null where files or code have a hash instead. */
  revision: z.string().nullable(),
  /** Null if it has none that may be opened. */
  weightsFile: z.string().nullable(),
  licence: z.string().nullable(),
  parameterCount: z.number().int().positive(),
  inputName: z.string(),
  channels: z.number().int().positive(),
  height: z.number().int().positive(),
  width: z.number().int().positive(),
  /** For one image. */
  outputs: z.array(z.object({ name: z.string(), shape: z.array(z.number().int()) })).min(1),
  preprocessing: preprocessingSchema,
  postprocessing: modelManifestSchema.shape.postprocessing,
  /** What the source does not say and was assumed, in sentences. */
  assumptions: z.array(z.string()),
})
export type SourceFacts = z.infer<typeof sourceFactsSchema>

/** A file of the user's code, with the bytes that the user trusted. */
export const codeFileSchema = z.object({ file: z.string(), sha256: z.string() })
export type CodeFile = z.infer<typeof codeFileSchema>
