// Answers one command after another in the thread that infers. A BenchError becomes `failed`; anything else is a bug
// and ends the process, so that its stack is in the log and no half-prepared session is measured.

import { z } from 'zod'
import type { BackendStatus } from '../../../shared/domain/backend.ts'
import { BenchError } from '../../../shared/domain/bench-error.ts'
import { type RequestName, requests } from '../../../shared/worker-protocol/requests.ts'
import type { RequestCommand, WorkerMessage } from '../../../shared/worker-protocol/wire.ts'
import { inspectModel } from '../../models/model-inspection.ts'
import { profileLayers } from './layer-profile.ts'
import { measureBlock, serve, splitTime, sustain } from './loops.ts'
import { collectYoung, peakResidentBytes } from './memory.ts'
import { writeOutputs } from './outputs.ts'
import { openSessionCase, type SessionCase, startCold } from './session.ts'
import { optionsSchema, queryFailure } from './session-settings.ts'
import { warmUp } from './warmup-loop.ts'

export interface CommandRunner {
  answer(request: RequestCommand): Promise<WorkerMessage>
}

export function createCommandRunner(state: CommandState): CommandRunner {
  let prepared: SessionCase | null = null

  async function run(request: RequestCommand): Promise<WorkerMessage> {
    const { id } = request
    switch (request.command) {
      case 'describe-backends':
        return { message: 'backends-described', id, backends: [await describeOnnxruntimeNode()] }
      case 'inspect-model':
        return { message: 'model-inspected', id, ...(await inspectModel(request.file, request.copyFolder)) }
      case 'prepare': {
        if (prepared) throw new Error('A worker is prepared once.')
        prepared = await openSessionCase(request.case)
        return { message: 'prepared', id, ...prepared.prepared }
      }
      case 'warmup':
        return warmup(request)
      case 'measure-block':
        return measure(request)
      case 'measure-memory':
        return measureMemory(request)
      case 'write-outputs':
        return outputs(request)
      case 'cold-start': {
        if (prepared) throw new Error('A worker that has loaded a case starts cold no more.')
        return { message: 'cold-started', id, ...(await startCold(request.case)) }
      }
      case 'sustain': {
        const done = await sustain(countedQuery(), request, state.isCancelled)
        return done ? { message: 'sustained', id, ...done } : cancelled(request)
      }
      case 'serve': {
        const served = await serve(countedQuery(), request.arrivalsMs, state.sleep, state.isCancelled)
        return served ? { message: 'served', id, ...served } : cancelled(request)
      }
      case 'split-time': {
        const split = await splitTime(countedQuery(), request.queries, state.isCancelled)
        return split ? { message: 'time-split', id, ...split } : cancelled(request)
      }
      case 'profile-layers': {
        const profile = await profileLayers(heldCase(), request.queries, state.advance, state.isCancelled)
        return profile ? { message: 'layers-profiled', id, ...profile } : cancelled(request)
      }
      default:
        throw notServed(request.command)
    }
  }

  async function warmup(request: RequestCommand<'warmup'>): Promise<WorkerMessage> {
    const steadiness = await warmUp(countedQuery(), request, state.isCancelled)
    return steadiness ? { message: 'warmed', id: request.id, steadiness } : cancelled(request)
  }

  async function measure(request: RequestCommand<'measure-block'>): Promise<WorkerMessage> {
    const { query } = heldCase()
    collectYoung()
    const block = await measureBlock(query, request, () => {
      state.advance()
      return state.isCancelled()
    })
    return block ? { message: 'block', id: request.id, ...block } : cancelled(request)
  }

  async function measureMemory(request: RequestCommand<'measure-memory'>): Promise<WorkerMessage> {
    const query = countedQuery()
    for (let iteration = 0; iteration < request.iterations; iteration++) {
      await query()
      if (state.isCancelled()) return cancelled(request)
    }
    return {
      message: 'memory',
      id: request.id,
      allocatorPeakBytes: { value: null, reason: 'ONNX Runtime in Node does not report its allocator' },
      processPeakBytes: await peakResidentBytes(),
    }
  }

  async function outputs(request: RequestCommand<'write-outputs'>): Promise<WorkerMessage> {
    const written = await writeOutputs(heldCase(), request.folder, state.advance, state.isCancelled)
    return written ? { message: 'outputs-written', id: request.id, outputs: written } : cancelled(request)
  }

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

  return {
    async answer(request) {
      try {
        return await run(request)
      } catch (error) {
        const expected = asExpected(error, request.command)
        return { message: 'failed', id: request.id, error: expected.record }
      }
    },
  }
}

function cancelled(request: RequestCommand): WorkerMessage {
  return { message: 'cancelled', id: request.id }
}

/** ONNX Runtime throws plain errors out of a query; those are expected, others are bugs and go on. */
function asExpected(error: unknown, command: RequestName): BenchError {
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
    message: `The Node worker does not serve ${command}.`,
    remedy: 'Ask a Python worker.',
  })
}

// What ONNX Runtime in Node says of itself. Loads the library, which is the only proof that it can be loaded.

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

// What the two threads of the worker share without messages: whether the running command is to stop, and how far it is.

export interface CommandState {
  /** Set by the thread that talks, read by the one that measures, between two queries. */
  requestCancel(): void
  clearCancel(): void
  isCancelled(): boolean
  /** Blocks this thread for so many ms, fractions too; less where a cancel comes. */
  sleep(ms: number): void
  /** Counts queries and steps; goes out with each heartbeat. */
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
