// The whole way with a real sampling process and a real worker: what happens to the machine during a run is in its record.
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { openRunFolder } from '../../electron/store/run-folder.ts'
import type { Plan } from '../../shared/domain/plan.ts'
import type { RunEvent } from '../../shared/domain/run-event.ts'
import { recomputeRecord } from '../../shared/statistics/group-summary.ts'
import { exampleRecord } from '../fakes/example-record.ts'
import { nodeServices } from '../fakes/node-services.ts'
import { caseOf } from '../fakes/run-bench.ts'
import { temporaryFolder } from '../fakes/temporary-folder.ts'

const root = temporaryFolder()
const services = nodeServices(root, { preflight: 'on' })

const caseKey = 'onnxruntime-node-fp32'

function plan(): Plan {
  const candidates = [{ backend: 'onnxruntime-node' as const, precision: 'fp32' as const, options: {} }]
  return { ...exampleRecord().plan, candidates, imageLimit: 4096, threads: 1 }
}

async function processesOf(program: string): Promise<readonly number[]> {
  const children = await readFile(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8')
  const pids = children.trim().split(' ').map(Number)
  const commands = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))
  return pids.filter((_, index) => commands[index]?.includes(program) === true)
}

/** Runs, and does something when each of these rounds has been completed. */
async function run(rounds: readonly number[], act: () => Promise<void>) {
  let acted: Promise<void> = Promise.resolve()
  const onEvent = (event: RunEvent) => {
    if (event.kind === 'round-completed' && rounds.includes(event.round)) acted = acted.then(act)
  }
  const started = await services().runs.start(plan(), null, onEvent)
  const record = await started.finished
  await acted
  const folder = await openRunFolder(await services().store.folderOf(started.runId))
  return {
    record,
    blocks: (await folder.samples('digits-b1', caseKey)).blocks,
    machine: await services().store.machine(started.runId),
  }
}

test.runIf(process.platform === 'linux')(
  'fault-29: a worker that was stopped in the middle of a block has that block flagged, on disk and in the record',
  async () => {
    const { record, blocks, machine } = await run([3, 6], async () => {
      const [worker] = await processesOf(services().paths.nodeWorkerFile)
      if (worker === undefined) throw new Error('no worker runs')
      process.kill(worker, 'SIGSTOP')
      await new Promise((resolve) => setTimeout(resolve, 700))
      process.kill(worker, 'SIGCONT')
    })
    const suspended = blocks.filter(({ flags }) => flags.includes('suspended')).map(({ round }) => round)
    // Each stop reaches the worker near the border of two rounds: in one block or the other, in both, or between them.
    expect(suspended).not.toEqual([])
    expect(suspended.filter((round) => ![3, 4, 6, 7].includes(round))).toEqual([])
    expect(record).toMatchObject({ state: 'completed', sampling: { endedEarly: null, gpu: null } })
    expect(['quiet', 'noisy']).toContain(record.sampling?.preflight.verdict)
    expect(machine.length).toBe(record.sampling?.samples)
    expect(recomputeRecord(record, () => blocks)).toEqual(record)
  },
  120_000,
)

test.runIf(process.platform === 'linux')(
  'a sampling process that dies in the middle is noted, and the run completes with nothing flagged after that',
  async () => {
    const { record, blocks } = await run([3], async () => {
      const [sampler] = await processesOf('sampling-worker.cjs')
      if (sampler === undefined) throw new Error('nothing is sampled')
      process.kill(sampler, 'SIGKILL')
    })
    expect(caseOf(record, caseKey).state).toBe('completed')
    expect(record.sampling?.endedEarly).toBe('its process ended (SIGKILL)')
    expect(record.notes.filter((note) => note.startsWith('Sampling of the machine ended early'))).toHaveLength(1)
    expect(blocks.filter(({ round, flags }) => round > 5 && flags.length > 0)).toEqual([])
  },
  120_000,
)
