import { type ChildProcess, spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { createMachineSampler } from '../../../electron/sampling/machine-sampler.ts'
import type { MachineSampler } from '../../../electron/sampling/watching.ts'
import { forkNodeWorker, type WorkerChannel } from '../../../electron/workers/channels.ts'
import { createWorkerRegistry } from '../../../electron/workers/worker-process.ts'
import { buildNodeWorker } from '../../fakes/built-node-worker.ts'

const never = new AbortController().signal
let workerFile = ''

beforeAll(async () => {
  workerFile = join(dirname(await buildNodeWorker()), 'sampling-worker.cjs')
}, 120_000)

const nowNs = () => Number(process.hrtime.bigint())

interface Sampling {
  readonly sampler: MachineSampler
  readonly channels: readonly Pick<WorkerChannel, 'pid' | 'kill'>[]
  /** Waits for samples of this much more time. */
  after(ms: number): Promise<number>
}

async function sampling(use: (sampling: Sampling) => Promise<void>): Promise<void> {
  const channels: Pick<WorkerChannel, 'pid' | 'kill'>[] = []
  const start = createMachineSampler({
    spawn: () => {
      const channel = forkNodeWorker<object>(workerFile)
      channels.push(channel)
      return channel
    },
    registry: createWorkerRegistry(),
    ownPid: process.pid,
    log: () => {},
  })
  const startedAtNs = nowNs()
  const sampler = start({ startedAtNs, onSample: () => {}, onGpuLost: () => {} })
  const after = async (ms: number) => {
    const fromMs = (nowNs() - startedAtNs) / 1e6
    await sampler.caughtUp(fromMs + ms, ms + 5000, never)
    return fromMs
  }
  try {
    await use({ sampler, channels, after })
  } finally {
    sampler.stop()
  }
}

async function withProcess(command: string, args: readonly string[], use: (child: ChildProcess) => Promise<void>) {
  const child = spawn(command, args, { stdio: ['pipe', 'ignore', 'ignore'], detached: true })
  try {
    await use(child)
  } finally {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
  }
}

/** So many that they get at least half of the machine, whatever else runs on it. */
const busyProcesses = (work: string) => `for i in $(seq ${2 * availableParallelism()}); do ${work} & done`
const busyLoop = 'while :; do :; done'

/** Foreign load once the processes are running, in percent of the machine. */
async function foreignShare({ sampler, after }: Sampling): Promise<number> {
  const fromMs = await after(3200)
  const loads = sampler
    .between(fromMs + 1400, Number.POSITIVE_INFINITY)
    .map(({ foreignCpuPercent }) => foreignCpuPercent ?? Number.NaN)
  return loads.reduce((sum, load) => sum + load, 0) / loads.length / availableParallelism()
}

test('it samples five times a second and costs little of a core', { timeout: 30_000 }, () =>
  sampling(async ({ sampler, after }) => {
    await after(4000)
    const { samples, shareOfCore, notRead, endedEarly } = sampler.summary()
    const costsLittle = shareOfCore !== null && shareOfCore < 0.05
    expect({ endedEarly, enough: samples >= 15, costsLittle }).toEqual({
      endedEarly: null,
      enough: true,
      costsLittle: true,
    })
    expect(new Set(notRead).size).toBe(notRead.length)
  }),
)

test('processes of ours that are busy are not foreign', { timeout: 30_000 }, () =>
  sampling((watch) =>
    withProcess('sh', ['-c', `${busyProcesses(`(${busyLoop})`)}; wait`], async () => {
      expect(await foreignShare(watch)).toBeLessThan(75)
    }),
  ),
)

test('fault-24: processes that others started are foreign', { timeout: 30_000 }, () =>
  sampling((watch) =>
    // The shell ends at once, so its children belong to nobody of ours any more.
    withProcess('sh', ['-c', busyProcesses(`(${busyLoop})`)], async () => {
      expect(await foreignShare(watch)).toBeGreaterThan(25)
    }),
  ),
)

test('fault-29: a process of ours that was stopped is told', { timeout: 30_000 }, () =>
  sampling(({ sampler, after }) =>
    withProcess('sh', ['-c', 'read line'], async (child) => {
      await after(1500)
      child.kill('SIGSTOP')
      const fromMs = await after(800)
      const last = sampler.between(fromMs + 400, Number.POSITIVE_INFINITY).at(-1)
      expect(last?.stoppedProcesses).toEqual([child.pid])
    }),
  ),
)

test('a sampling process that dies ends sampling, with its reason, and nothing waits for it', { timeout: 30_000 }, () =>
  sampling(async ({ sampler, channels, after }) => {
    await after(500)
    channels[0]?.kill('SIGKILL')
    await after(60_000)
    expect(sampler.summary().endedEarly).toBe('its process ended (SIGKILL)')
  }),
)
