import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { thisProcess } from '../../../electron/store/process-lock.ts'
import { removeUnbegunRuns } from '../../../electron/store/unbegun-runs.ts'
import { temporaryFolder } from '../../fakes/temporary-folder.ts'

const runs = join(temporaryFolder(), 'runs')
const dead = JSON.stringify({ pid: 1, bootId: 'another boot', startTicks: '1' })

async function folder(name: string, files: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(join(runs, name), { recursive: true })
  for (const [file, content] of Object.entries(files)) await writeFile(join(runs, name, file), content)
}

test('only folders that hold nothing but the mark of a process that is gone are removed', async () => {
  await folder('unbegun', { 'running.json': dead, 'run.json.1-1-00000000-0000-0000-0000-000000000000.unfinished': '' })
  await folder('begins-now', { 'running.json': JSON.stringify(await thisProcess()) })
  await folder('left-behind', { 'running.json': dead, 'run.json': '{}' })
  await folder('of-the-user', { 'running.json': dead, 'notes.txt': '' })
  await folder('empty', {})
  await removeUnbegunRuns(runs)
  expect((await readdir(runs)).sort()).toEqual(['begins-now', 'empty', 'left-behind', 'of-the-user'])
  await expect(removeUnbegunRuns(join(runs, 'none'))).resolves.toBeUndefined()
})
