// The sampling process as a run sees it: samples on the run's time axis, kept for at least ten minutes, and the cost of
// sampling. If the process dies or hangs, the run continues without new samples, and `summary` says why.
import type { MachineSample } from '../../shared/domain/machine-sample.ts'
import type { SamplingRecord } from '../../shared/domain/sampling-record.ts'
import type { WorkerChannel } from '../workers/channels.ts'
import { type Clock, systemClock } from '../workers/watchdog.ts'
import type { WorkerRegistry } from '../workers/worker-process.ts'
import { type SamplingCommand, type SamplingMessage, samplingMessageSchema } from './sampling-messages.ts'
import type { MachineSampler, SamplerStart, StartMachineSampler } from './watching.ts'

const samplingIntervalMs = 200
const keptSamples = 6000
/** Without a sample for this long, the process counts as hung. */
const silenceLimitMs = 5000

interface SamplerDependencies {
  readonly spawn: () => WorkerChannel<SamplingCommand>
  readonly registry: WorkerRegistry
  readonly ownPid: number
  readonly log: (line: string) => void
  readonly clock?: Clock
}

export function createMachineSampler(parts: SamplerDependencies): StartMachineSampler {
  return (start) => new SamplingProcess(parts, start)
}

class SamplingProcess implements MachineSampler {
  readonly #channel: WorkerChannel<SamplingCommand>
  readonly #registry: WorkerRegistry
  readonly #clock: Clock
  readonly #start: SamplerStart
  readonly #kept: MachineSample[] = []
  readonly #notRead: string[] = []
  readonly #waiting = new Set<() => void>()
  #gpu: string | null = null
  #slowdownCelsius: number | null = null
  #shareOfCore: number | null = null
  #samples = 0
  #heardAtMs: number
  #ended: string | null = null
  #stopped = false

  constructor({ spawn, registry, ownPid, log, clock }: SamplerDependencies, start: SamplerStart) {
    this.#registry = registry
    this.#clock = clock ?? systemClock
    this.#start = start
    this.#heardAtMs = this.#clock.now()
    this.#channel = spawn()
    registry.add(this.#channel)
    this.#channel.listen({
      message: (value) => this.#receive(value),
      unreadable: (problem) => this.#end(`its process sent what cannot be read: ${problem}`),
      log: (line) => log(`sampling: ${line}`),
      exited: ({ code, signal }) => this.#end(`its process ended (${signal ?? `exit code ${code}`})`),
      notStarted: (reason) => this.#end(`its process could not be started: ${reason}`),
    })
    this.#channel.send({ command: 'start', ownPid, intervalMs: samplingIntervalMs, gpu: start.gpu })
  }

  get slowdownCelsius(): number | null {
    return this.#slowdownCelsius
  }

  get latestAtMs(): number {
    return this.#kept.at(-1)?.atMs ?? -1
  }

  between(fromMs: number, toMs: number): readonly MachineSample[] {
    const first = this.#kept.findIndex(({ atMs }) => atMs > fromMs)
    if (first === -1) return []
    const after = this.#kept.findIndex(({ atMs }) => atMs >= toMs)
    // One more on either side: a sample covers the time since the previous one.
    return this.#kept.slice(Math.max(0, first - 1), after === -1 ? undefined : after + 1)
  }

  async caughtUp(atMs: number, limitMs: number, signal: AbortSignal): Promise<void> {
    const isThere = () => this.#ended !== null || this.#stopped || this.latestAtMs >= atMs
    if (isThere()) return
    await new Promise<void>((resolve) => {
      const done = () => {
        this.#waiting.delete(look)
        signal.removeEventListener('abort', done)
        takeBack()
        resolve()
      }
      const look = () => {
        if (isThere()) done()
      }
      const takeBack = this.#clock.after(limitMs, done)
      this.#waiting.add(look)
      signal.addEventListener('abort', done, { once: true })
      if (signal.aborted) done()
    })
    signal.throwIfAborted()
  }

  summary(): Omit<SamplingRecord, 'preflight'> {
    const silentMs = this.#clock.now() - this.#heardAtMs
    const silent = silentMs > silenceLimitMs ? 'its process fell silent' : null
    return {
      samples: this.#samples,
      shareOfCore: this.#shareOfCore,
      gpu: this.#gpu,
      notRead: [...this.#notRead],
      endedEarly: this.#ended ?? silent,
    }
  }

  stop(): void {
    if (this.#stopped) return
    this.#stopped = true
    this.#channel.kill('SIGKILL')
    this.#wake()
  }

  #receive(value: unknown): void {
    if (this.#stopped || this.#ended !== null) return
    const parsed = samplingMessageSchema.safeParse(value)
    if (!parsed.success) {
      this.#channel.kill('SIGKILL')
      this.#end('its process sent an invalid sample')
      return
    }
    this.#heardAtMs = this.#clock.now()
    this.#accept(parsed.data)
  }

  #accept(message: SamplingMessage): void {
    switch (message.message) {
      case 'opened':
        this.#gpu = message.gpu
        this.#slowdownCelsius = message.slowdownCelsius
        return
      case 'cuda-devices':
        return
      case 'not-read':
        this.#notRead.push(message.sentence)
        return
      case 'gpu-lost':
        this.#start.onGpuLost(message.words)
        return
      case 'sample': {
        const atMs = (message.atNs - this.#start.startedAtNs) / 1e6
        if (atMs < 0) return
        if (message.elapsedMs > 0) this.#shareOfCore = message.cpuMs / message.elapsedMs
        const sample = { atMs, ...message.sample }
        this.#kept.push(sample)
        if (this.#kept.length > keptSamples) this.#kept.splice(0, keptSamples / 2)
        this.#samples += 1
        this.#start.onSample(sample)
        this.#wake()
      }
    }
  }

  #end(reason: string): void {
    this.#registry.remove(this.#channel)
    if (!this.#stopped) this.#ended ??= reason
    this.#wake()
  }

  #wake(): void {
    for (const look of [...this.#waiting]) look()
  }
}
