import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createSettingsStore, defaultSettings } from '../../../electron/store/settings-store.ts'
import { exampleRecord } from '../../fakes/example-record.ts'
import { temporaryFolder } from '../../fakes/temporary-folder.ts'

const root = temporaryFolder()
const file = join(root, 'settings.json')

test('settings that were never written are the defaults, and written ones come back', async () => {
  const store = createSettingsStore(file)
  expect(await store.read()).toEqual(defaultSettings)
  const chosen = { theme: 'dark' as const, lastPlan: exampleRecord().plan }
  await store.write(chosen)
  expect(await createSettingsStore(file).read()).toEqual(chosen)
})

test('a damaged file is moved aside and defaults take its place', async () => {
  await writeFile(file, '{"theme": "pink"')
  expect(await createSettingsStore(file).read()).toEqual(defaultSettings)
  expect(await readdir(root)).toEqual(['settings.json.damaged'])
})
