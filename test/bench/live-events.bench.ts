import { join } from 'node:path'
import { it } from 'vitest'
import type { EnginebenchBridge } from '../../shared/ipc/contract.ts'
import { fakePlan } from '../fakes/run-record.ts'
import { temporaryFolder } from '../fakes/temporary-folder.ts'
import { openWindow } from './opened-window.ts'
import { printAbsence, printFigure } from './print-figure.ts'

declare const window: { readonly enginebench: EnginebenchBridge }

const electron = process.env.ENGINEBENCH_TEST_ELECTRON
const home = temporaryFolder()
const simulated = { backend: 'simulated', precision: 'fp32', options: { medianMs: 0.06, pace: 1 } } as const
const plan = fakePlan({ candidates: [simulated, simulated], seed: 1 })

it('100,000 samples arriving at the window', async () => {
  if (electron === undefined) return printAbsence('live events', 'no Electron: run it as `npm run bench`')
  const { app, page } = await openWindow(electron, join(import.meta.dirname, '../..'), { ENGINEBENCH_HOME: home })
  await page.evaluate(() => window.enginebench.request('backends:list', { refresh: false }))
  const seen = await page.evaluate(watchRun, plan)
  await app.close()
  const seconds = seen.elapsedMs / 1000
  const detail = `${seen.updates} updates and ${seen.samples.toLocaleString('en-US')} samples in ${seconds.toFixed(1)} s`
  printFigure({ name: 'updates at the window', value: seen.updates / seconds, unit: '/s', target: 10, detail })
  printFigure({ name: 'longest task of the window', value: seen.longestTaskMs, unit: 'ms', target: 50 })
})

/** In the page: starts the run, counts what arrives, and tells the longest task by how late a 4 ms timer is. */
async function watchRun(
  asked: typeof plan,
): Promise<{ updates: number; samples: number; elapsedMs: number; longestTaskMs: number }> {
  let updates = 0
  let samples = 0
  let longestTaskMs = 0
  let due = performance.now() + 4
  const timer = setInterval(() => {
    const now = performance.now()
    longestTaskMs = Math.max(longestTaskMs, now - due)
    due = now + 4
  }, 4)
  const ended = new Promise<void>((resolve) => {
    window.enginebench.subscribe('run:progressed', ({ events }) => {
      updates++
      for (const event of events) if (event.kind === 'block') samples += event.block.latenciesMs.length
    })
    window.enginebench.subscribe('run:changed', ({ state }) => {
      if (state !== 'queued' && state !== 'running') resolve()
    })
  })
  const startedAt = performance.now()
  const answer = await window.enginebench.request('run:start', { plan: asked })
  if (!answer.ok) throw new Error(answer.error.message)
  await ended
  clearInterval(timer)
  return { updates, samples, elapsedMs: performance.now() - startedAt, longestTaskMs }
}
