import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { it } from 'vitest'
import { createRunStore } from '../../electron/store/run-store.ts'
import { fakeRunRecord } from '../fakes/run-record.ts'
import { temporaryFolder } from '../fakes/temporary-folder.ts'
import { printFigure } from './print-figure.ts'

const runCount = 1000

async function writeRuns(runsFolder: string): Promise<void> {
  for (let index = 0; index < runCount; index++) {
    const runId = `20261124-060000-digits-${index.toString().padStart(4, '0')}`
    await mkdir(join(runsFolder, runId), { recursive: true })
    await writeFile(join(runsFolder, runId, 'run.json'), JSON.stringify(fakeRunRecord({ runId })))
  }
}

it('listing a thousand runs', async () => {
  const dataFolder = temporaryFolder()
  const paths = { dataFolder, runsFolder: join(dataFolder, 'runs') }
  await writeRuns(paths.runsFolder)
  const timeList = async (): Promise<number> => {
    const store = createRunStore(paths)
    const startedAt = performance.now()
    await store.list()
    const elapsedMs = performance.now() - startedAt
    store.close()
    return elapsedMs
  }
  const first = await timeList()
  printFigure({
    name: `${runCount} runs listed for the first time`,
    value: first,
    unit: 'ms',
    target: null,
    detail: 'reads every record and builds the index',
  })
  printFigure({ name: `${runCount} runs listed`, value: await timeList(), unit: 'ms', target: 300 })
})
