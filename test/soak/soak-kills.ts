// The killer of a soak: every few seconds it ends one process of the soak, of a kind that it draws first, so that rare
// kinds die as often as common ones. After each, every list must open, and every case that was finished must still be
// there with all its blocks.
import { setTimeout as delay } from 'node:timers/promises'
import { keptGroups } from '../../electron/runs/session/resume.ts'
import { readSampleLines } from '../../electron/store/run-folder.ts'
import { processesOf, type RunningProcess } from '../e2e/harness/processes.ts'
import { chosen, commanded, grouped, randomOf, type Soak } from './soak-run.ts'
import { recordsIn } from './soak-work.ts'

const kinds: readonly (readonly [string, RegExp])[] = [
  ['Python worker', /worker\.py/],
  ['Node worker', /onnxruntime-node-worker/],
  ['sampler', /sampling-worker/],
  ['command line', /enginebench\.cjs/],
  ['window’s page', /--type=renderer/],
  ['window’s worker or sampler', /node\.mojom\.NodeService/],
  ['Chromium’s process', /--type=/],
  ['printing process', /--print-pdf/],
  ['main process', /electron/],
]

function kindOf({ command }: RunningProcess): string | null {
  return kinds.find(([, pattern]) => pattern.test(command))?.[0] ?? null
}

const shortestPauseMs = 5000
const longestPauseMs = 20_000

export async function killing(soak: Soak, finished: FinishedCases): Promise<void> {
  const random = randomOf(soak, 4)
  while (!soak.signal.aborted) {
    const pauseMs = shortestPauseMs + (longestPauseMs - shortestPauseMs) * random()
    await delay(pauseMs, undefined, { signal: soak.signal }).catch(() => undefined)
    const drawn = [random(), random(), random()] as const
    if (soak.signal.aborted) return
    await killOne(soak, drawn)
    await listed(soak)
    await finished.look()
  }
}

async function killOne(soak: Soak, [ofKind, ofProcess, ofSignal]: readonly [number, number, number]): Promise<void> {
  const living = (await processesOf(soak.home)).filter(({ pid }) => !soak.spared.has(pid))
  const byKind = grouped(living, kindOf)
  byKind.delete(null)
  if (byKind.size === 0) return soak.count('killed nothing: nothing ran')
  const kind = chosen(() => ofKind, [...byKind.keys()].sort())
  const { pid } = chosen(() => ofProcess, byKind.get(kind) ?? [])
  const signal = ofSignal < 0.8 ? 'SIGKILL' : 'SIGTERM'
  try {
    process.kill(pid, signal)
    soak.count(`killed ${kind} by ${signal}`)
  } catch {
    soak.count('killed nothing: it had just ended')
  }
}

/** Every list that the command line has. The window asks for the others. */
async function listed(soak: Soak): Promise<void> {
  for (const list of ['runs', 'artifacts']) {
    const { code, stdout } = await commanded(soak, [list, '--json'], true)
    const { unreadable = [] } = code === 0 ? JSON.parse(stdout) : {}
    if (code !== 0 || unreadable.length > 0) soak.fault(`${list} --json ended with ${code}: ${stdout.slice(0, 2000)}`)
  }
}

/** Cases that were completed once, in groups that nothing measures again, with the blocks that they had. */
export class FinishedCases {
  readonly #soak: Soak
  readonly #blocks = new Map<string, number>()

  constructor(soak: Soak) {
    this.#soak = soak
  }

  get count(): number {
    return this.#blocks.size
  }

  get blockCount(): number {
    return [...this.#blocks.values()].reduce((sum, blocks) => sum + blocks, 0)
  }

  /** Notes what is finished now, and finds what is not there any more. */
  async look(): Promise<void> {
    const found = await this.#read()
    for (const [name, blocks] of this.#blocks) {
      if (found.get(name) !== blocks) this.#soak.fault(`lost: ${name} had ${blocks} blocks, now ${found.get(name)}`)
    }
    for (const [name, blocks] of found) this.#blocks.set(name, blocks)
  }

  async #read(): Promise<ReadonlyMap<string, number>> {
    const found = new Map<string, number>()
    for (const { folder, record } of await recordsIn(this.#soak.home)) {
      const kept = keptGroups(record)
      for (const { groupKey, cases } of record.groups.filter((group) => kept.has(group.groupKey))) {
        for (const { caseKey, state } of cases.filter((entry) => entry.state === 'completed')) {
          const { blocks, tornLines } = await readSampleLines(folder, groupKey, caseKey)
          const name = `${record.runId} ${groupKey} ${caseKey} ${state}`
          if (tornLines > 0) this.#soak.fault(`torn: ${name}`)
          found.set(name, blocks.length)
        }
      }
    }
    return found
  }
}
