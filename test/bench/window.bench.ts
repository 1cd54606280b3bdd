import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { it } from 'vitest'
import { median } from '../../shared/statistics/descriptive.ts'
import { temporaryFolder } from '../fakes/temporary-folder.ts'
import { openWindow } from './opened-window.ts'
import { printAbsence, printFigure } from './print-figure.ts'
import { proportionalMemoryBytes } from './process-tree.ts'

const electron = process.env.ENGINEBENCH_TEST_ELECTRON
const home = temporaryFolder()
const launches = 3
const settleMs = 5000

interface Start {
  readonly readyMs: number
  readonly idleBytes: number | null
}

async function start(executable: string, folder: string): Promise<Start> {
  const { app, readyMs } = await openWindow(executable, folder, { ENGINEBENCH_HOME: home })
  await wait(settleMs)
  const idleBytes = proportionalMemoryBytes(app.process().pid ?? 0)
  await app.close()
  return { readyMs, idleBytes }
}

it('the window, ready and idle, against a bare one', async () => {
  if (electron === undefined) return printAbsence('window', 'no Electron: run it as `npm run bench`')
  const ours: Start[] = []
  const bare: Start[] = []
  for (let turn = 0; turn < launches; turn++) {
    ours.push(await start(electron, join(import.meta.dirname, '../..')))
    bare.push(await start(electron, join(import.meta.dirname, 'bare-window')))
  }
  const readyMs = median(ours.map((each) => each.readyMs))
  const bareReadyMs = median(bare.map((each) => each.readyMs))
  const detail = `median of ${launches}; a bare window: ${Math.round(bareReadyMs)} ms`
  printFigure({ name: 'window ready', value: readyMs, unit: 'ms', target: 1500, detail })
  const memory = (starts: readonly Start[]): number => median(starts.flatMap(({ idleBytes }) => idleBytes ?? []))
  printFigure({
    name: 'idle memory against a bare window',
    value: memory(ours) / memory(bare),
    unit: '×',
    target: 1.15,
    detail: `${Math.round(memory(ours) / 1e6)} MB of ${Math.round(memory(bare) / 1e6)} MB, PSS of all processes`,
  })
})
