// The wire format between the supervisor and a worker. To a Python worker: one JSON object per line on stdin; from it:
// one per line on descriptor 3 (stdout and stderr are log, never protocol). Node workers exchange the same objects over
// the process's message channel. The first message is `hello`. A line over the limit, or one that does not match its
// schema, ends the worker with `protocol-violation`. One command runs at a time, and every command except `cancel` and
// `close` gets exactly one terminal message with its id: its answer, `failed` or `cancelled`. Samples come in blocks,
// never one message per query.
import { z } from 'zod'
import { benchErrorSchema } from '../domain/bench-error.ts'
import { buildPhaseSchema, logEntrySchema } from '../domain/conversion.ts'
import type { RequestDefinition } from './request-definition.ts'
import { type RequestName, type RequestResult, requests } from './requests.ts'

export const protocolVersion = 1
export const maximumLineBytes = 4 * 1024 * 1024
export const heartbeatIntervalMs = 1000
/** A worker says hello within this time of its start. */
export const helloLimitMs = 60_000

const id = z.number().int().positive()

const definitions: Readonly<Record<string, RequestDefinition>> = requests

/** Commands without an answer. */
export const bareCommands = {
  /** Asks the running command to stop between queries; its `cancelled` is the reply. */
  cancel: z.object({ command: z.literal('cancel') }),
  /** The worker frees what it holds and exits with code 0. */
  close: z.object({ command: z.literal('close') }),
} as const

/** Messages other than results of requests. */
export const commonMessages = {
  hello: z.object({
    message: z.literal('hello'),
    protocolVersion: z.number().int(),
    workerVersion: z.string(),
    pid: z.number().int().positive(),
    /** `python 3.11.7`, `node 20.18.1`. */
    runtime: z.string(),
  }),
  /**
   * Sent every second by a separate thread. `progress` counts queries and steps, to tell a stuck worker from a dead
   * one.
   */
  heartbeat: z.object({ message: z.literal('heartbeat'), progress: z.number().int().nonnegative() }),
  progress: z.object({
    message: z.literal('progress'),
    id,
    fraction: z.number().min(0).max(1).nullable(),
    text: z.string(),
    /** A builder's phases, innermost last. At most 10 of these messages per second. */
    phases: z.array(buildPhaseSchema).optional(),
    /** New log lines of level info and above; repeated ones are folded. */
    entries: z.array(logEntrySchema).optional(),
  }),
  failed: z.object({ message: z.literal('failed'), id, error: benchErrorSchema }),
  cancelled: z.object({ message: z.literal('cancelled'), id }),
} as const

/** An object without fields adds nothing (zod would infer that it may have none at all). */
type FieldsOf<Schema extends z.ZodObject> = keyof Schema['shape'] extends never ? unknown : z.infer<Schema>

export type RequestCommand<Name extends RequestName = RequestName> = {
  [Each in Name]: { command: Each; id: number } & FieldsOf<(typeof requests)[Each]['parameters']>
}[Name]
export type WorkerCommand = RequestCommand | z.infer<(typeof bareCommands)[keyof typeof bareCommands]>

export type AnswerMessage<Name extends RequestName = RequestName> = {
  [Each in Name]: { message: (typeof requests)[Each]['answer']; id: number } & RequestResult<Each>
}[Name]
export type WorkerMessage = AnswerMessage | z.infer<(typeof commonMessages)[keyof typeof commonMessages]>

/** The message that carries a result. */
export function answerMessage<Name extends RequestName>(
  name: Name,
  id: number,
  result: RequestResult<Name>,
): WorkerMessage {
  return { message: requests[name].answer, id, ...result } as WorkerMessage
}

const requestSchemas = Object.entries(definitions).map(([name, { parameters }]) =>
  z.object({ command: z.literal(name), id, ...parameters.shape }),
)
const resultOfAnswer = new Map(Object.values(definitions).map(({ answer, result }) => [answer, result]))
const answerSchemas = [...resultOfAnswer].map(([name, result]) =>
  z.object({ message: z.literal(name), id, ...result.shape }),
)

// The compiler cannot follow the shapes through the table, so the types above are asserted here once.
const { cancel, close } = bareCommands
const anyCommand: z.ZodType = z.discriminatedUnion('command', [cancel, close, ...requestSchemas])
export const workerCommandSchema = anyCommand as z.ZodType<WorkerCommand>

const { hello, heartbeat, progress, failed, cancelled } = commonMessages
const anyMessage: z.ZodType = z.discriminatedUnion('message', [
  hello,
  heartbeat,
  progress,
  failed,
  cancelled,
  ...answerSchemas,
])
export const workerMessageSchema = anyMessage as z.ZodType<WorkerMessage>

export const commandNames: readonly string[] = [...Object.keys(bareCommands), ...Object.keys(requests)]
export const messageNames: readonly string[] = [...Object.keys(commonMessages), ...resultOfAnswer.keys()]
