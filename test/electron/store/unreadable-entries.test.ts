// Records whose dates are none, of every kind: each is listed with its reason, none is silently left out, and only what is
// listed can be removed.
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createServices } from '../../../electron/compose.ts'
import { resolvePaths } from '../../../electron/system/paths.ts'
import { fakeArtifact, fakeConversionRecord } from '../../fakes/conversion-record.ts'
import { temporaryFolder } from '../../fakes/temporary-folder.ts'

const home = temporaryFolder()
const repository = join(import.meta.dirname, '../../..')
const paths = resolvePaths({
  ...{ applicationFolder: repository, shippedFolder: repository, platform: process.platform, home },
  environment: { ENGINEBENCH_HOME: home },
})
const key = 'a1'.repeat(32)

async function write(file: string, content: unknown): Promise<void> {
  await mkdir(join(file, '..'), { recursive: true })
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content))
}

test('artifacts, conversions and noise floors that cannot be read are listed with their reason, removed and brought back', async () => {
  const artifact = join(paths.artifactsFolder, key)
  const gone = join(paths.artifactsFolder, 'b2'.repeat(32))
  const conversion = join(paths.conversionsFolder, 'conversion-a')
  const floor = join(paths.noiseFloorsFolder, 'aaaaaaaaaaaaaaaa-quick-cpu.json')
  await write(join(artifact, 'artifact.json'), { ...fakeArtifact({ key }), createdAt: 'yesterday' })
  await write(
    join(gone, 'artifact.json'),
    fakeArtifact({ key: 'b2'.repeat(32), file: join(gone, 'content', 'model.onnx') }),
  )
  await write(join(conversion, 'record.json'), fakeConversionRecord({ createdAt: '2026-13-01T00:00:00Z' }))
  await write(floor, '{"value": 0.0')
  // What a killed process leaves is none of them.
  await mkdir(join(paths.artifactsFolder, 'c3'.repeat(32), 'content'), { recursive: true })
  await mkdir(join(paths.conversionsFolder, 'conversion-b'))
  const { unreadable } = createServices({
    paths,
    renderPdf: () => Promise.reject(new Error('Nothing is printed here.')),
  })

  const entries = await unreadable.list()
  expect(entries.map(({ kind, path, problem: { code, message } }) => [kind, path, code, message])).toEqual([
    [
      'artifact',
      artifact,
      'record-unreadable',
      `${artifact}/artifact.json cannot be read as the record of an artifact.`,
    ],
    ['artifact', gone, 'record-unreadable', `${gone}/artifact.json cannot be read as the record of an artifact.`],
    [
      'conversion',
      conversion,
      'record-unreadable',
      `${conversion}/record.json cannot be read as the record of a conversion.`,
    ],
    ['noise-floor', floor, 'record-unreadable', `${floor} cannot be read as a noise floor.`],
  ])
  expect(entries.map(({ problem }) => problem.cause)).toEqual([
    expect.stringMatching(/date and time in UTC[\s\S]*createdAt/),
    `${gone}/content/model.onnx is gone.`,
    expect.stringMatching(/date and time in UTC[\s\S]*createdAt/),
    expect.stringMatching(/JSON/),
  ])

  const undos = []
  for (const { path } of entries) undos.push(await unreadable.remove(path))
  expect(await unreadable.list()).toEqual([])
  expect((await readdir(join(home, 'trash'))).length).toBe(4)
  for (const undo of undos) await undo()
  expect(await unreadable.list()).toEqual(entries)
  await expect(unreadable.remove(home)).rejects.toMatchObject({ record: { code: 'bad-usage' } })
})
