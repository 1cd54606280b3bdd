import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
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
  const sampler = start({ gpu: null, startedAtNs, onSample: () => {}, onGpuLost: () => {} })
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

const busyProcesses = (work: string) => `for i in $(seq ${availableParallelism()}); do ${work} & done`
const busyLoop = 'while :; do :; done'

/** CPU time of a process group so far, in clock ticks of 10 ms. */
function ticksOfGroup(group: number): number {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .reduce((sum, name) => {
      const [, , processGroup, , , , , , , , , userTicks, systemTicks] = statFields(name)
      return Number(processGroup) === group ? sum + Number(userTicks) + Number(systemTicks) : sum
    }, 0)
}

/** From the state on: what comes before may hold spaces. Empty where the process has ended. */
function statFields(pid: string): readonly string[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch {
    return []
  }
}

/** Foreign load and load of the group over the same time, in percent of the machine. */
async function loads({ sampler, after }: Sampling, group: number): Promise<{ foreign: number; group: number }> {
  await after(1400)
  const [ticksBefore, startedAtNs] = [ticksOfGroup(group), nowNs()]
  const fromMs = await after(2000)
  const seconds = (nowNs() - startedAtNs) / 1e9
  const groupPercent = (ticksOfGroup(group) - ticksBefore) / seconds
  const foreign = sampler
    .between(fromMs + 200, Number.POSITIVE_INFINITY)
    .map(({ foreignCpuPercent }) => foreignCpuPercent ?? Number.NaN)
  const foreignPercent = foreign.reduce((sum, load) => sum + load, 0) / foreign.length
  const cores = availableParallelism()
  return { foreign: foreignPercent / cores, group: groupPercent / cores }
}

/** Readings of the same load at slightly different moments. */
const tolerancePercent = 20

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
    withProcess('sh', ['-c', `${busyProcesses(`(${busyLoop})`)}; wait`], async ({ pid = 0 }) => {
      const { foreign, group } = await loads(watch, pid)
      expect(foreign).toBeLessThan(100 - group + tolerancePercent)
    }),
  ),
)

test('fault-24: processes that others started are foreign', { timeout: 30_000 }, () =>
  sampling((watch) =>
    // The shell ends at once, so its children belong to nobody of ours any more.
    withProcess('sh', ['-c', busyProcesses(`(${busyLoop})`)], async ({ pid = 0 }) => {
      const { foreign, group } = await loads(watch, pid)
      expect(group).toBeGreaterThan(0)
      expect(foreign).toBeGreaterThan(group - tolerancePercent)
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
