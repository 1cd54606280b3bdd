// A backend that computes nothing: seeded latencies on its own clock, for tests, demonstrations and the app's own
// overhead. No process, no file, no library. The record labels everything it touches as simulated.
import { z } from 'zod'
import { BenchError, benchErrorCodes } from '../../shared/domain/bench-error.ts'
import { precisionSchema } from '../../shared/domain/precision.ts'
import { type Random, seededRandom } from '../../shared/planning/seeded-random.ts'
import type { RequestParameters, RequestResult } from '../../shared/worker-protocol/requests.ts'
import { type BackendDriver, type RequestHandlers, workerAnswering } from './backend-driver.ts'

export function createSimulatedDriver(clock: SimulatedClock = monotonicClock()): BackendDriver {
  let opened = 0
  return {
    id: 'simulated',
    describe: async () => ({
      id: 'simulated',
      runsIn: 'built-in',
      available: true,
      reason: null,
      remedy: null,
      version: '1',
      precisions: [...precisionSchema.options],
      devices: ['cpu', 'cuda'],
      licence: null,
      optionsSchema: z.toJSONSchema(simulatedOptionsSchema, { io: 'input' }),
    }),
    open: async (_log, signal) => {
      signal.throwIfAborted()
      opened += 1
      const worker = new SimulatedWorker(clock, opened)
      return workerAnswering(worker.handlers, () => worker.close())
    },
  }
}

function monotonicClock(): SimulatedClock {
  return new SimulatedClock(() => Number(process.hrtime.bigint()))
}

/** Share of the first block's latency, added with each block of an unsteady warm-up. No configurable noise hides it. */
const unsteadyGrowth = 0.02

interface Loaded {
  readonly options: SimulatedOptions
  readonly nextLatencyMs: LatencySource
  readonly nextWarmupLatencyMs: LatencySource
  readonly threads: number
}

class SimulatedWorker {
  readonly handlers: RequestHandlers = {
    prepare: (parameters, signal) => this.#prepare(parameters, signal),
    warmup: (rule, signal) => this.#warmUp(rule, signal),
    'measure-block': (rule, signal) => this.#measureBlock(rule, signal),
    'measure-memory': (parameters, signal) => this.#measureMemory(parameters, signal),
    'cold-start': (parameters, signal) => this.#startCold(parameters, signal),
    sustain: (rule, signal) => this.#sustain(rule, signal),
    serve: (parameters, signal) => this.#serve(parameters, signal),
    'split-time': (parameters, signal) => this.#splitTime(parameters, signal),
    'profile-layers': (parameters, signal) => this.#profileLayers(parameters, signal),
    'write-outputs': (_parameters, signal) => this.#writeOutputs(signal),
  }
  readonly #clock: SimulatedClock
  readonly #ordinal: number
  #loaded: Loaded | null = null
  #blocks = 0
  #warmupBlocks = 0

  constructor(clock: SimulatedClock, ordinal: number) {
    this.#clock = clock
    this.#ordinal = ordinal
  }

  async #prepare(
    { case: workerCase }: RequestParameters<'prepare'>,
    signal: AbortSignal,
  ): Promise<RequestResult<'prepare'>> {
    const options = atBatch(parseSimulatedOptions(workerCase.options), workerCase.batchSize)
    const seed = (workerCase.weights.seed + 7919 * this.#ordinal) >>> 0
    this.#loaded = {
      options,
      nextLatencyMs: latencySource(options, seed),
      nextWarmupLatencyMs: latencySource({ ...options, driftPerBlock: 0 }, seed + 1),
      threads: workerCase.threads,
    }
    await this.#spend(50, 'prepare', signal)
    return {
      loadMs: 50,
      precisionProof: {
        holds: true,
        label: `${workerCase.precision} (simulated)`,
        method: 'simulated',
        evidence: ['nothing was computed'],
      },
      engineDeclaredBytes: { value: null, reason: 'A simulated engine declares nothing.' },
      threads: workerCase.threads,
      versions: { simulated: '1' },
    }
  }

  /** Has its own generator, so later samples do not depend on how long the warm-up took. */
  async #warmUp(rule: RequestParameters<'warmup'>, signal: AbortSignal): Promise<RequestResult<'warmup'>> {
    const { nextWarmupLatencyMs, options } = this.#case()
    const slowdown = options.steady ? 1 : 1 + unsteadyGrowth * this.#warmupBlocks
    this.#warmupBlocks += 1
    const { latenciesMs, spentMs } = samplesOf(rule, () => slowdown * nextWarmupLatencyMs(0))
    const startedAtNs = this.#clock.nowNs()
    await this.#spend(spentMs, 'warmup', signal)
    return { startedAtNs, endedAtNs: startedAtNs + Math.round(spentMs * 1e6), latenciesMs }
  }

  async #measureBlock(
    rule: RequestParameters<'measure-block'>,
    signal: AbortSignal,
  ): Promise<RequestResult<'measure-block'>> {
    const { nextLatencyMs, options } = this.#case()
    const { latenciesMs, spentMs } = samplesOf(rule, () => nextLatencyMs(this.#blocks))
    if (options.fault?.stage !== 'measure' || this.#blocks >= options.fault.afterBlocks) this.#failAt('measure')
    this.#blocks += 1
    const startedAtNs = this.#clock.nowNs()
    await this.#spend(spentMs, null, signal)
    return { startedAtNs, endedAtNs: startedAtNs + Math.round(spentMs * 1e6), latenciesMs }
  }

  async #measureMemory(
    { iterations }: RequestParameters<'measure-memory'>,
    signal: AbortSignal,
  ): Promise<RequestResult<'measure-memory'>> {
    const { options } = this.#case()
    await this.#spend(iterations * options.medianMs, 'memory', signal)
    return {
      allocatorPeakBytes: { value: null, reason: 'A simulated engine has no allocator.' },
      processPeakBytes: { value: options.memoryBytes },
    }
  }

  async #startCold(
    parameters: RequestParameters<'cold-start'>,
    signal: AbortSignal,
  ): Promise<RequestResult<'cold-start'>> {
    await this.#prepare(parameters, signal)
    const { nextLatencyMs } = this.#case()
    const [firstQueryMs, secondQueryMs] = [10 * nextLatencyMs(0), nextLatencyMs(0)]
    await this.#spend(firstQueryMs + secondQueryMs, null, signal)
    const parts = { importMs: 20, contextMs: null, loadMs: 50, firstQueryMs, secondQueryMs }
    return { ...parts, caches: ['simulated: there are none'] }
  }

  async #sustain(rule: RequestParameters<'sustain'>, signal: AbortSignal): Promise<RequestResult<'sustain'>> {
    const { options } = this.#case()
    const queries = Math.max(rule.minimumQueries, Math.ceil(rule.durationMs / options.medianMs))
    const startedAtNs = this.#clock.nowNs()
    await this.#spend(queries * options.medianMs, null, signal)
    const endedAtNs = startedAtNs + Math.round(queries * options.medianMs * 1e6)
    return { startedAtNs, endedAtNs, queries }
  }

  async #serve({ arrivalsMs }: RequestParameters<'serve'>, signal: AbortSignal): Promise<RequestResult<'serve'>> {
    const { nextLatencyMs } = this.#case()
    const startedAtNs = this.#clock.nowNs()
    let freeAtMs = 0
    const latenciesMs = arrivalsMs.map((arrivalMs) => {
      freeAtMs = Math.max(freeAtMs, arrivalMs) + nextLatencyMs(this.#blocks)
      return freeAtMs - arrivalMs
    })
    await this.#spend(freeAtMs, null, signal)
    return { startedAtNs, endedAtNs: startedAtNs + Math.round(freeAtMs * 1e6), latenciesMs }
  }

  async #splitTime(
    { queries }: RequestParameters<'split-time'>,
    signal: AbortSignal,
  ): Promise<RequestResult<'split-time'>> {
    const { medianMs } = this.#case().options
    await this.#spend(queries * medianMs, null, signal)
    const compute = { clock: 'host', medianMs, reason: null, included: true } as const
    return { method: 'simulated', parts: [{ part: 'compute', ...compute }] }
  }

  async #profileLayers(
    { queries }: RequestParameters<'profile-layers'>,
    signal: AbortSignal,
  ): Promise<RequestResult<'profile-layers'>> {
    const { medianMs } = this.#case().options
    await this.#spend(queries * medianMs, null, signal)
    const layers = [{ name: 'all that was not computed', operator: 'Simulated', timeMs: medianMs }]
    return { method: 'simulated', layers, otherLayers: 0, otherMs: 0 }
  }

  async #writeOutputs(signal: AbortSignal): Promise<RequestResult<'write-outputs'>> {
    await this.#spend(0, 'parity', signal)
    return { outputs: [] }
  }

  async close(): Promise<void> {
    this.#loaded = null
  }

  async #spend(durationMs: number, faultStage: 'prepare' | 'memory' | 'warmup' | 'parity' | null, signal: AbortSignal) {
    signal.throwIfAborted()
    if (faultStage !== null) this.#failAt(faultStage)
    this.#clock.advanceMs(durationMs)
    await pause(durationMs * this.#case().options.pace, signal)
  }

  #failAt(stage: 'prepare' | 'memory' | 'warmup' | 'measure' | 'parity'): void {
    const { fault } = this.#case().options
    if (fault?.stage !== stage) return
    throw new BenchError({
      code: fault.code,
      stage: stage === 'prepare' ? 'load' : stage,
      message: `The simulated worker failed at the stage "${stage}", as its options say.`,
      remedy: 'Remove the fault from its options.',
    })
  }

  #case(): Loaded {
    if (this.#loaded !== null) return this.#loaded
    throw new Error('A simulated worker was used before it was prepared or after it was closed.')
  }
}

function samplesOf(rule: RequestParameters<'measure-block'>, nextLatencyMs: () => number) {
  const latenciesMs: number[] = []
  let spentMs = 0
  while (
    (spentMs < rule.targetMs || latenciesMs.length < rule.minimumSamples) &&
    (spentMs < rule.capMs || latenciesMs.length < rule.floorSamples)
  ) {
    const latencyMs = nextLatencyMs()
    latenciesMs.push(latencyMs)
    spentMs += latencyMs
  }
  return { latenciesMs, spentMs }
}

/** What the options mean for one batch. */
function atBatch(options: SimulatedOptions, batchSize: number): SimulatedOptions {
  const { medianMs, perImageMs, memoryBytes, memoryBytesPerImage, fault } = options
  return {
    ...options,
    medianMs: medianMs + batchSize * perImageMs,
    memoryBytes: memoryBytes + batchSize * memoryBytesPerImage,
    fault: fault !== null && batchSize >= fault.fromBatch ? fault : null,
  }
}

function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  if (durationMs <= 0) return Promise.resolve()
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop)
      resolve()
    }, durationMs)
    signal.addEventListener('abort', stop, { once: true })
  })
}

// Options of a simulated case. The form and the command line read the JSON Schema.
const simulatedStages = ['prepare', 'memory', 'warmup', 'measure', 'parity'] as const

const simulatedOptionsSchema = z
  .object({
    /** Median latency of one query. */
    medianMs: z.number().positive().max(60_000).default(10),
    /** Added to the median for each image of the batch. */
    perImageMs: z.number().nonnegative().max(60_000).default(0),
    /** Standard deviation of the logarithm of a sample. */
    spread: z.number().nonnegative().max(2).default(0.03),
    /** Standard deviation of the logarithm of a launch's offset. */
    launchSpread: z.number().nonnegative().max(1).default(0),
    /** Relative growth of the median from one block to the next. */
    driftPerBlock: z.number().min(-0.5).max(0.5).default(0),
    /** Reported peak memory. */
    memoryBytes: z.number().int().positive().default(200_000_000),
    /** Added to it for each image of the batch. */
    memoryBytesPerImage: z.number().int().nonnegative().default(0),
    /** 0 is instant; 1 takes as long as the simulated work would. */
    pace: z.number().nonnegative().max(10).default(0),
    steady: z.boolean().default(true),
    /** Fails at a stage with a code, from a given batch size; at `measure`, after N blocks of this worker. */
    fault: z
      .object({
        stage: z.enum(simulatedStages),
        code: z.enum(benchErrorCodes).default('worker-crashed'),
        afterBlocks: z.number().int().nonnegative().default(0),
        fromBatch: z.number().int().positive().default(1),
      })
      .strict()
      .nullable()
      .default(null),
  })
  .strict()
export type SimulatedOptions = z.infer<typeof simulatedOptionsSchema>

function parseSimulatedOptions(options: Readonly<Record<string, unknown>>): SimulatedOptions {
  const parsed = simulatedOptionsSchema.safeParse(options)
  if (parsed.success) return parsed.data
  throw new BenchError({
    code: 'bad-usage',
    stage: 'load',
    message: 'The options of the simulated backend cannot be read.',
    remedy: 'Correct the named option.',
    cause: z.prettifyError(parsed.error),
  })
}

// A monotonic clock in nanoseconds. Simulated work moves it forward at once. It never runs behind the underlying clock.
export class SimulatedClock {
  readonly #beneath: () => number
  #aheadUntilNs = 0

  constructor(beneath: () => number = () => 0) {
    this.#beneath = beneath
  }

  nowNs(): number {
    return Math.max(this.#beneath(), this.#aheadUntilNs)
  }

  advanceMs(durationMs: number): void {
    this.#aheadUntilNs = this.nowNs() + Math.round(durationMs * 1e6)
  }
}

// Seeded log-normal latencies around a median, with an offset per launch and a drift over blocks. Pure except for the
// generator's state: the same seed gives the same samples.
export type LatencySource = (block: number) => number

function latencySource(options: SimulatedOptions, seed: number): LatencySource {
  const random = seededRandom(seed)
  const launchOffset = options.launchSpread * normal(random)
  return (block) =>
    options.medianMs * Math.exp(launchOffset + options.spread * normal(random)) * (1 + options.driftPerBlock) ** block
}

/** Box-Muller transform; the uniform number is never 0. */
function normal(random: Random): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random()))
  return radius * Math.cos(2 * Math.PI * random())
}
