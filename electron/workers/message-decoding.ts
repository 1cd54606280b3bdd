// From whatever a worker sent to a message of the protocol, or the error that it is. A block whose only fault is in
// its samples is `invalid-samples`: the worker speaks the protocol, its figures are wrong.
import type { BenchError, Stage } from '../../shared/domain/bench-error.ts'
import { type WorkerMessage, workerMessageSchema } from '../../shared/worker-protocol/wire.ts'
import { invalidSamples, protocolViolation } from './worker-errors.ts'

const sampleFields = new Set(['latenciesMs', 'startedAtNs', 'endedAtNs'])

export type Decoded = { readonly message: WorkerMessage } | { readonly error: (stage: Stage) => BenchError }

export function decodeMessage(value: unknown): Decoded {
  const parsed = workerMessageSchema.safeParse(value)
  if (parsed.success) return { message: parsed.data }
  const { issues } = parsed.error
  const first = issues[0]
  const where = first ? `${first.path.join('.') || 'the message'}: ${first.message}` : 'unknown'
  const onlySamples = issues.every((issue) => sampleFields.has(String(issue.path[0])))
  if (isBlock(value) && onlySamples) return { error: () => invalidSamples(where) }
  return { error: (stage) => protocolViolation(stage, where, JSON.stringify(value)?.slice(0, 400) ?? null) }
}

function isBlock(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'message' in value && value.message === 'block'
}

/** JSON as workers write it; NaN and Infinity, which are not JSON, become null so that the schema names the field. */
export function parseLine(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch (error) {
    const repaired = line.replace(/(?<=[[,:]\s*)-?(?:NaN|Infinity)(?=\s*[\],}])/g, 'null')
    if (repaired === line) throw error
    return JSON.parse(repaired)
  }
}
