// Somebody deletes or replaces the folder of a run while it is written. What was appended to a deleted file is lost, and no
// such run may count as completed.
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { exitCodeOfRun } from '../../electron/cli/exit-code.ts'
import type { RunEvent } from '../../shared/domain/run-event.ts'
import { eventsOf, runBench, simulatedPlan } from '../fakes/run-bench.ts'
import { temporaryFolder } from '../fakes/temporary-folder.ts'

const root = temporaryFolder()
const plan = simulatedPlan([{}, { medianMs: 7 }])

/** Runs the plan; when the event comes for the first time, `harm` is done to the run's folder. */
async function harmedRun(isMoment: (event: RunEvent) => boolean, harm: (folder: string) => void) {
  const bench = await runBench(root)
  let done = false
  let folder = ''
  const { record, events } = await bench.run(plan, (event) => {
    if (event.kind === 'run-started') folder = join(bench.runsFolder, event.runId)
    if (done || !isMoment(event)) return
    done = true
    harm(folder)
  })
  expect(done).toBe(true)
  return { record, events, folder }
}

const inRound = (event: RunEvent) => event.kind === 'round-completed' && event.round === 3
const inParity = (event: RunEvent) => event.kind === 'stage' && event.stage === 'parity'
const inSummary = (event: RunEvent) => event.kind === 'stage' && event.stage === 'summarize'

test.each([
  ['in a round', inRound],
  ['while outputs are written', inParity],
  ['before it is summarised', inSummary],
])('a run whose folder is deleted %s has failed, and the folder is not made anew', async (_when, isMoment) => {
  const { record, events, folder } = await harmedRun(isMoment, (lost) => rmSync(lost, { recursive: true }))
  expect(record).toMatchObject({
    state: 'failed',
    error: {
      code: 'not-writable',
      message: expect.stringMatching(/ was deleted or replaced while the run wrote it\.$/),
      remedy: 'Run again, and leave the folder as it is until the run has ended.',
    },
  })
  expect(record.groups.flatMap(({ cases }) => cases.map(({ state, sampleCount }) => [state, sampleCount]))).toEqual([
    ['failed', 0],
    ['failed', 0],
  ])
  expect(exitCodeOfRun(record)).toBe(1)
  expect(eventsOf(events, 'run-ended').map(({ state }) => state)).toEqual(['failed'])
  await expect(stat(folder)).rejects.toMatchObject({ code: 'ENOENT' })
})

test('a run whose samples are deleted has failed, and its record says so', async () => {
  const { record, folder } = await harmedRun(inRound, (lost) => rmSync(join(lost, 'samples'), { recursive: true }))
  expect(record).toMatchObject({ state: 'failed', error: { code: 'not-writable' } })
  expect(await readdir(folder)).toContain('run.json')
})

test('a run does not write into a folder that took the place of its own', async () => {
  const { record, folder } = await harmedRun(inRound, (lost) => {
    renameSync(lost, `${lost}-moved`)
    mkdirSync(lost)
    writeFileSync(join(lost, 'running.json'), 'of another')
  })
  expect(record).toMatchObject({ state: 'failed', error: { code: 'not-writable' } })
  expect(await readdir(folder)).toEqual(['running.json'])
})
