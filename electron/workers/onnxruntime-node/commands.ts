// Answers one command after another in the thread that infers. A BenchError becomes `failed`; anything else is a bug
// and ends the process, so that its stack is in the log and no half-prepared session is measured.
import { z } from 'zod'
import type { BackendStatus } from '../../../shared/domain/backend.ts'
import { BenchError } from '../../../shared/domain/bench-error.ts'
import { type RequestName, type RequestResult, requests } from '../../../shared/worker-protocol/requests.ts'
import { answerMessage, type RequestCommand, type WorkerMessage } from '../../../shared/worker-protocol/wire.ts'
import { inspectModel } from '../../models/model-inspection.ts'
import { fullDisk } from '../../store/atomic-file.ts'
import { profileLayers } from './layer-profile.ts'
import { type BlockRule, measureBlock, serve, splitTime, sustain, waitUntilQuiet } from './loops.ts'
import { collectYoung, peakResidentBytes } from './memory.ts'
import { writeOutputs } from './outputs.ts'
import { openSessionCase, type SessionCase, startCold } from './session.ts'
import { optionsSchema, queryFailure } from './session-settings.ts'

export interface CommandRunner {
  answer(request: RequestCommand): Promise<WorkerMessage>
}

/** Null if cancelled between two queries. */
type Handlers = {
  readonly [Name in RequestName]?: (request: RequestCommand<Name>) => Promise<RequestResult<Name> | null>
}

export function createCommandRunner(state: CommandState): CommandRunner {
  let prepared: SessionCase | null = null

  function heldCase(): SessionCase {
    if (!prepared) throw new Error('Nothing is prepared.')
    return prepared
  }

  function countedQuery(): () => Promise<unknown> {
    const { query } = heldCase()
    return async () => {
      await query()
      state.advance()
    }
  }

  /** Answers only when this process is quiet: what spins after its block would slow the next worker's. */
  async function runBlock(rule: BlockRule) {
    const { query } = heldCase()
    collectYoung()
    const block = await measureBlock(query, rule, () => {
      state.advance()
      return state.isCancelled()
    })
    if (block !== null) waitUntilQuiet(state.sleep)
    return block
  }

  const handlers: Handlers = {
    'describe-backends': async () => ({ backends: [await describeOnnxruntimeNode()] }),
    // Manifests name the operators of unknown domains, and every plan and recipe is checked for them.
    'inspect-model': ({ file, copyFolder }) => inspectModel(file, copyFolder, state.advance, 'listed'),
    prepare: async (request) => {
      if (prepared) throw new Error('A worker is prepared once.')
      prepared = await openSessionCase(request.case)
      return prepared.prepared
    },
    warmup: runBlock,
    'measure-block': runBlock,
    'measure-memory': async ({ iterations }) => {
      const query = countedQuery()
      for (let iteration = 0; iteration < iterations; iteration++) {
        await query()
        if (state.isCancelled()) return null
      }
      return {
        allocatorPeakBytes: { value: null, reason: 'ONNX Runtime in Node does not report its allocator' },
        processPeakBytes: await peakResidentBytes(),
      }
    },
    'cold-start': async (request) => {
      if (prepared) throw new Error('A worker that holds a case cannot start cold.')
      return startCold(request.case)
    },
    sustain: (request) => sustain(countedQuery(), request, state.isCancelled),
    serve: ({ arrivalsMs }) => serve(countedQuery(), arrivalsMs, state.sleep, state.isCancelled),
    'split-time': ({ queries }) => splitTime(countedQuery(), queries, state.isCancelled),
    'profile-layers': ({ queries }) => profileLayers(heldCase(), queries, state.advance, state.isCancelled),
    'write-outputs': async ({ folder }) => {
      const outputs = await writeOutputs(heldCase(), folder, state.advance, state.isCancelled)
      return outputs && { outputs }
    },
  }

  function run<Name extends RequestName>(name: Name, request: RequestCommand<Name>) {
    const handler: Handlers[Name] = handlers[name]
    if (handler === undefined) throw notServed(name)
    return handler(request)
  }

  return {
    async answer(request) {
      const { id, command } = request
      try {
        const result = await run(command, request)
        return result === null ? { message: 'cancelled', id } : answerMessage(command, id, result)
      } catch (error) {
        return { message: 'failed', id, error: asExpected(error, command).record }
      }
    },
  }
}

/**
 * ONNX Runtime throws plain errors out of a query; those are expected, others are bugs and are thrown on. A full disk is
 * the reason whatever a library made of it.
 */
function asExpected(error: unknown, command: RequestName): BenchError {
  if (error instanceof BenchError && error.record.code === 'disk-full') return error
  const full = fullDisk(error, requests[command].stage)
  if (full !== null) return full
  if (error instanceof BenchError) return error
  if (error instanceof Error && /non-zero status code|onnxruntime|ORT|bad_alloc/i.test(error.message)) {
    return queryFailure(error, requests[command].stage)
  }
  throw error
}

function notServed(command: string): BenchError {
  return new BenchError({
    code: 'bad-usage',
    stage: 'spawn',
    message: `The Node worker does not answer ${command}.`,
    remedy: 'Choose a backend that runs in Python.',
  })
}

/** Loads the library, which is the only proof that it can be loaded. */
export async function describeOnnxruntimeNode(): Promise<BackendStatus> {
  const always = {
    id: 'onnxruntime-node',
    runsIn: 'built-in',
    licence: null,
    optionsSchema: z.toJSONSchema(optionsSchema, { io: 'input' }),
  } as const
  try {
    const { env } = await import('onnxruntime-node')
    return {
      ...always,
      available: true,
      reason: null,
      remedy: null,
      version: env.versions.node ?? null,
      precisions: ['fp32', 'fp16', 'int8'],
      devices: ['cpu'],
    }
  } catch (error) {
    const words = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
    return {
      ...always,
      available: false,
      reason: `The library onnxruntime-node cannot be loaded: ${words}.`,
      remedy: 'Install the app again for this platform.',
      version: null,
      precisions: [],
      devices: [],
    }
  }
}

/** What the worker's two threads share without messages: whether to stop, and the progress of the running command. */
export interface CommandState {
  /** Set by the thread that communicates, read by the one that measures, between two queries. */
  requestCancel(): void
  clearCancel(): void
  isCancelled(): boolean
  /** Blocks this thread for `ms` (may be a fraction), or until a cancel. */
  sleep(ms: number): void
  /** Counts queries and steps; sent with each heartbeat. */
  advance(): void
  progress(): number
}

export function newCommandMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(8)
}

export function commandStateOn(memory: SharedArrayBuffer): CommandState {
  const cells = new Int32Array(memory)
  return {
    requestCancel: () => {
      Atomics.store(cells, 0, 1)
      Atomics.notify(cells, 0)
    },
    clearCancel: () => void Atomics.store(cells, 0, 0),
    isCancelled: () => Atomics.load(cells, 0) === 1,
    sleep: (ms) => void Atomics.wait(cells, 0, 0, ms),
    advance: () => void Atomics.add(cells, 1, 1),
    progress: () => Atomics.load(cells, 1) >>> 0,
  }
}
