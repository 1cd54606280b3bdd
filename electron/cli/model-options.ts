// The options that say which model is meant, and what is changed of a model from a source. Code is run only with the
// user's consent, which is kept for exactly its bytes.
import { resolve } from 'node:path'
import { z } from 'zod'
import type { ModelManifest } from '../../shared/domain/model.ts'
import {
  changeOptions,
  type ModelChanges,
  modelReferenceText,
  readModelReference,
  sourceForms,
  withModelPath,
} from '../../shared/domain/model-source.ts'
import type { Option } from '../../shared/domain/option.ts'
import { modelWords } from '../../shared/report/model-words.ts'
import type { FoundModel, Services } from '../services.ts'
import type { Typed } from './command.ts'
import { textTable } from './table.ts'
import type { Terminal } from './terminal.ts'

/** Paths become absolute. */
export const modelReferenceSchema = z.string().transform((text, context): string => {
  const read = readModelReference(text)
  if ('reference' in read) return withModelPath(text, (path) => resolve(path))
  const [first] = read.faults
  context.addIssue({ code: 'custom', message: first?.remedy ?? '', params: { ...first } })
  return z.NEVER
})

export const modelOptions = {
  model: {
    flag: 'model',
    valueName: 'model',
    schema: modelReferenceSchema.optional(),
    description: `Model id (see enginebench models), an .onnx file of your own, or a source: ${sourceForms}`,
  },
  ...changeOptions,
  trustCode: {
    flag: 'trust-code',
    valueName: null,
    schema: z.boolean().default(false),
    description: 'You trust the maker of MODULE.py; it is code that runs on this machine',
  },
} as const satisfies Readonly<Record<string, Option>>

export type ModelValues = Typed<typeof modelOptions>['values']

/** The model with what the options change; undefined if none is named. */
export function namedModel(values: Partial<ModelValues>): string | undefined {
  if (values.model === undefined) return undefined
  const read = readModelReference(values.model)
  if (!('reference' in read)) return values.model
  const typed = Object.keys(changeOptions).flatMap((key) => {
    const value = values[key as keyof ModelChanges]
    return value === undefined ? [] : [[key, value] as const]
  })
  const changes: ModelChanges = { ...read.reference.changes, ...Object.fromEntries(typed) }
  return modelReferenceText({ text: read.reference.text, changes })
}

/** Inspects a source the first time, which takes seconds and is shown; keeps the consent that was typed. */
export async function findNamedModel(
  { models }: Pick<Services, 'models'>,
  model: string,
  { trustCode }: Partial<Pick<ModelValues, 'trustCode'>>,
  terminal: Pick<Terminal, 'status'>,
): Promise<FoundModel> {
  if (trustCode === true) await models.trust(model)
  return models.find(model, (_, text) => terminal.status(`Inspecting ${model}: ${text}`))
}

/** What will be run. */
export function modelText(manifest: ModelManifest, terminal: Pick<Terminal, 'resultIsTerminal'>): string {
  const [first, ...rows] = modelWords(manifest).map(({ title, text }) => [title, text])
  const table = textTable(
    (first ?? []).map((title) => ({ title })),
    rows,
    terminal,
  )
  return [table, ...(manifest.assumptions ?? []).map((assumption) => `note: ${assumption}`)].join('\n')
}
