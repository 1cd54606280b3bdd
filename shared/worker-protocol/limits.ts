// Every stated limit, in one table: how long and how much memory each stage's worker may take, and how large what is read
// may be. Code reads its limits here (a request's times stand with the request), and the guide's page is made from it.
import { type Stage, stageNames } from '../domain/bench-error.ts'
import type { RequestDefinition } from './request-definition.ts'
import { requests } from './requests.ts'
import { helloLimitMs } from './wire.ts'

const mebibyte = 1024 ** 2
const gibibyte = 1024 ** 3

/**
 * The share of the memory of this machine, or of its control group, that a stage's worker may hold before it is ended.
 * Null for stages that have no worker.
 */
export const memoryShares: Readonly<Record<Stage, number | null>> = {
  ...{ setup: 0.5, inputs: 0.75, export: 0.9, simplify: 0.9, precision: 0.9, calibrate: 0.9, build: 0.9 },
  ...{ load: 0.9, memory: 0.9, warmup: 0.9, measure: 0.9, 'cold-start': 0.9, 'time-split': 0.9, layers: 0.9 },
  ...{ serve: 0.9, limits: 0.9, parity: 0.9, spawn: 0.5 },
  ...{ plan: null, energy: null, summarize: null, store: null, report: null },
}

interface SizeLimit {
  readonly most: number
  /** What may be no larger, for the guide. */
  readonly what: string
  readonly unit: 'bytes' | 'count'
  readonly beyond: string
}

const refused = 'the model is refused'
const skipped = 'the image is skipped, with its reason'

export const sizeLimits = {
  modelBytes: { most: 2 ** 31 - 1, unit: 'bytes', what: 'an ONNX file without its external data', beyond: refused },
  externalBytes: { most: 64 * gibibyte, unit: 'bytes', what: 'external data that tensors use', beyond: refused },
  unusedBytes: { most: gibibyte, unit: 'bytes', what: 'gaps between tensors in an external file', beyond: refused },
  graphDepth: { most: 32, unit: 'count', what: 'messages nested in an ONNX file', beyond: refused },
  messages: { most: 1_000_000, unit: 'count', what: 'nodes, tensors and other messages in it', beyond: refused },
  fields: { most: 20_000_000, unit: 'count', what: 'fields in it', beyond: refused },
  listedBytes: { most: 256 * mebibyte, unit: 'bytes', what: 'weights stored as lists in it', beyond: refused },
  tensorElements: { most: 2 ** 40, unit: 'count', what: 'elements of a tensor', beyond: refused },
  functionDepth: { most: 32, unit: 'count', what: 'local functions that call one another', beyond: refused },
  inlinedNodes: { most: 100_000, unit: 'count', what: 'nodes once these calls are written out', beyond: refused },
  parserHeapBytes: { most: 2 * gibibyte, unit: 'bytes', what: 'memory that decoding it may take', beyond: refused },
  imageBytes: { most: 512 * mebibyte, unit: 'bytes', what: 'an image file', beyond: skipped },
  imagePixels: { most: 100_000_000, unit: 'count', what: 'pixels of an image', beyond: skipped },
  imageAspect: { most: 100, unit: 'count', what: 'an image’s longer side, in shorter sides', beyond: skipped },
  recordBytes: {
    most: 256 * mebibyte,
    unit: 'bytes',
    what: 'the record of a run',
    beyond: 'the run is listed as unreadable',
  },
  linesBytes: {
    most: 448 * mebibyte,
    unit: 'bytes',
    what: 'the samples of a case, or of the machine',
    beyond: 'they are not shown',
  },
  arrayBytes: {
    most: 2 * gibibyte - 1,
    unit: 'bytes',
    what: 'an array of a case’s outputs',
    beyond: 'the case fails, with its reason',
  },
  logBytes: { most: 64 * mebibyte, unit: 'bytes', what: 'a log', beyond: 'it is not shown' },
  smallBytes: {
    most: 16 * mebibyte,
    unit: 'bytes',
    what: 'settings, manifests and other small records',
    beyond: 'they count as damaged',
  },
  typedBytes: { most: mebibyte, unit: 'bytes', what: 'a recipe or an analyzer file', beyond: 'the file is refused' },
} as const satisfies Readonly<Record<string, SizeLimit>>

/** How often an image's numbers are in memory at once while it is prepared: pixels, floats, scaled, laid out. */
export const copiesWhilePreparing = 5

/** How often the outputs of a case are in memory at once while they are compared: its own, the reference's, one being read. */
export const copiesWhileComparing = 3

/** The share of the memory that comparing may take. It is done without a worker. */
export const comparingShare = 0.5

/** How much heap a record needs while it is read and reported, in its own size: five were enough for one of 166 MB. */
export const copiesOfRecord = 8

/** The guide's page, as Markdown. */
export function limitsPage(): string {
  return [
    '# Limits',
    'Generated from `shared/worker-protocol/limits.ts`: run `npm run generate` after a change.',
    '## Time and memory',
    `Each stage's work is done by a worker, a process of its own. Enginebench ends a worker that gives no sign of life, that
lives but makes no progress, or that holds more than its share of the memory of the machine (or of the control group that
limits it; on Linux, looked at once a second). A worker must say hello within ${duration(helloLimitMs)} of its start. The error names the
stage and the limit, and finished work is kept.`,
    table(['Stage', 'Request', 'No sign of life', 'No progress', 'Memory'], stageRows()),
    `Preparing an image takes up to ${copiesWhilePreparing} times the memory of its numbers. If that exceeds the memory of the machine, or
the array the free space of the disk, the run is refused before anything is allocated.`,
    '## Without a worker',
    `The window's main process, or the command line, does the rest itself:

- It hashes images one after another, in pieces. Only a worker decodes them.
- Comparing outputs takes up to ${copiesWhileComparing} times the memory of a case's outputs. If that exceeds ${percent(comparingShare)} of the memory, the
  case fails in a run, and is not judged in a conversion, before anything is read.
- Reading a run's record and writing its reports takes up to ${copiesOfRecord} times the size of the record, of the process's
  JavaScript heap. A record that does not fit is listed as unreadable.`,
    '## Sizes',
    table(['At most', 'Of', 'Beyond it'], Object.values(sizeLimits).map(sizeRow)),
    '',
  ].join('\n\n')
}

function stageRows(): readonly (readonly string[])[] {
  const all: readonly (readonly [string, RequestDefinition])[] = Object.entries(requests)
  return stageNames.flatMap((stage) => {
    const share = memoryShares[stage]
    const memory = share === null ? '' : percent(share)
    return all
      .filter(([, definition]) => definition.stage === stage)
      .map(([name, { silenceMs, stuckMs }]) => [stage, `\`${name}\``, duration(silenceMs), duration(stuckMs), memory])
  })
}

function sizeRow({ most, unit, what, beyond }: SizeLimit): readonly string[] {
  return [unit === 'bytes' ? bytes(most) : most.toLocaleString('en-US'), what, beyond]
}

function bytes(most: number): string {
  return most >= gibibyte - 1 ? `${Math.round(most / gibibyte)} GiB` : `${Math.round(most / mebibyte)} MiB`
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}

function duration(limitMs: number): string {
  return limitMs >= 60_000 ? `${limitMs / 60_000} min` : `${limitMs / 1000} s`
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return [header, header.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')
}
