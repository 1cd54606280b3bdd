import { mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createArtifactStore } from '../../../electron/conversions/artifact-store.ts'
import { createKeyedArtifacts } from '../../../electron/conversions/keyed-artifacts.ts'
import { fileSha256, textSha256 } from '../../../electron/inputs/file-hash.ts'
import type { BuiltArtifact } from '../../../electron/inputs/keyed-artifacts.ts'
import { temporaryFolder } from '../../fakes/temporary-folder.ts'

const root = temporaryFolder()
const key = 'a'.repeat(64)
const otherKey = 'b'.repeat(64)
let stores = 0

function newStore() {
  const folder = join(root, `store-${stores++}`)
  const keyed = createKeyedArtifacts(folder, () => new Date('2026-01-02T03:04:05Z'))
  return { folder, keyed, artifacts: createArtifactStore(folder, keyed) }
}

const built =
  (text: string, log = '') =>
  async (folder: string, logFile = ''): Promise<BuiltArtifact> => {
    const file = join(folder, 'engine.plan')
    await writeFile(file, text)
    if (log !== '') await writeFile(logFile, log)
    return {
      file,
      recipe: null,
      facts: {
        kind: 'tensorrt-engine',
        modelId: 'tiny',
        precision: 'fp16',
        opset: 17,
        sha256: await fileSha256(file),
        sizeBytes: text.length,
        buildTimeMs: 3,
        parents: [],
        weights: 'own',
        parity: { verdict: 'pass', reason: 'cosine 1', byBatchSize: [] },
        layerPrecision: null,
        tools: { TensorRT: '11.4' },
        step: 'engine',
      },
    }
  }

it('keeps what was made under its key, with its log, and finds it by the start of its hash', async () => {
  const { folder, keyed, artifacts } = newStore()
  const made = await keyed.make(key, {}, built('engine', 'a line\n'))
  expect(made).toEqual({
    ...(await built('engine')(await emptyFolder())).facts,
    key,
    file: join(folder, key, 'content', 'engine.plan'),
    createdAt: '2026-01-02T03:04:05.000Z',
    logFile: join(folder, key, 'log.txt'),
  })
  expect(await artifacts.find(made.sha256.slice(0, 8))).toEqual(made)
  expect(await artifacts.list()).toEqual([made])
  expect(await artifacts.log(key)).toBe('a line\n')
})

it.each([
  ['with one changed byte', async (file: string) => writeFile(file, 'enginx')],
  ['that was cut short', async (file: string) => truncate(file, 3)],
  ['whose file is gone', async (file: string) => rm(file)],
  [
    'whose sidecar is of another key',
    async (_: string, sidecar: string) => {
      await writeFile(sidecar, (await readFile(sidecar, 'utf8')).replaceAll(key, otherKey))
    },
  ],
  ['without a sidecar', async (_: string, sidecar: string) => rm(sidecar)],
])('fault-16 counts an artifact %s as absent, and makes it again', async (_name, spoil) => {
  const { folder, keyed } = newStore()
  const made = await keyed.make(key, {}, built('engine'))
  expect(await keyed.lookUp(key)).toEqual(made)
  await spoil(made.file, join(folder, key, 'artifact.json'))
  expect(await keyed.lookUp(key)).toBeNull()
  expect(await keyed.make(key, {}, built('engine'))).toEqual(made)
})

it('leaves nothing of a build that failed, and nothing that a killed one left', async () => {
  const { folder, keyed } = newStore()
  await mkdir(join(folder, `${key}.left.unfinished`), { recursive: true })
  await writeFile(
    join(folder, `${key}.lock`),
    JSON.stringify({ pid: 1, bootId: 'of an earlier start', startTicks: null }),
  )
  const failing = keyed.make(key, {}, async (unfinished) => {
    await writeFile(join(unfinished, 'engine.plan'), 'half')
    throw new Error('the builder died')
  })
  await expect(failing).rejects.toThrow('the builder died')
  expect(await readdir(folder)).toEqual([])
})

it('makes one artifact when two ask for the same at once, and gives the second the first’s', async () => {
  const { folder, keyed } = newStore()
  const other = createKeyedArtifacts(folder, () => new Date())
  let builds = 0
  const build = async (unfinished: string) => {
    builds += 1
    return built('engine')(unfinished)
  }
  const waits: string[] = []
  const [first, second] = await Promise.all([
    keyed.make(key, { onWait: () => waits.push('first') }, build),
    other.make(key, { onWait: () => waits.push('second') }, build),
  ])
  expect({ builds, waits: waits.length, same: first.sha256 === second.sha256 }).toEqual({
    builds: 1,
    waits: 1,
    same: true,
  })
})

it('stops waiting for another build when it is cancelled', async () => {
  const { keyed } = newStore()
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  let begun = () => {}
  const building = new Promise<void>((resolve) => {
    begun = resolve
  })
  const first = keyed.make(key, {}, async (folder) => {
    begun()
    await held
    return built('engine')(folder)
  })
  await building
  const controller = new AbortController()
  const waiting = keyed.make(
    key,
    { signal: controller.signal, onWait: () => controller.abort('cancelled') },
    built('x'),
  )
  await expect(waiting).rejects.toBe('cancelled')
  release()
  expect(await first).toMatchObject({ key })
})

it('copies an artifact out with its log, and never over a file that is there', async () => {
  const { folder, keyed, artifacts } = newStore()
  await keyed.make(key, {}, built('engine', 'a line\n'))
  const out = join(folder, 'out')
  const names = ['engine.plan', 'artifact.json', 'log.txt'].map((name) => join(out, name))
  expect(await artifacts.copyTo(key, out)).toEqual(names)
  await writeFile(join(out, 'engine.plan'), 'mine')
  await expect(artifacts.copyTo(key, out)).rejects.toMatchObject({ record: { code: 'folder-not-empty' } })
  expect(await readFile(join(out, 'engine.plan'), 'utf8')).toBe('mine')
})

it('names what is near an unknown or ambiguous hash, and forgets what is removed', async () => {
  const { artifacts, keyed } = newStore()
  const made = await keyed.make(key, {}, built('engine'))
  await expect(artifacts.find('ffffffff')).rejects.toMatchObject({
    record: { code: 'unknown-artifact', remedy: expect.stringContaining(made.sha256.slice(0, 12)) },
  })
  await artifacts.remove(key)
  await expect(artifacts.find(made.sha256)).rejects.toMatchObject({ record: { code: 'unknown-artifact' } })
})

it('takes in an engine from elsewhere by consent alone, and marks it', async () => {
  const { folder, artifacts } = newStore()
  await mkdir(folder, { recursive: true })
  const file = join(folder, 'their.engine')
  await writeFile(file, 'their engine')
  const request = { file, modelId: 'tiny', precision: 'fp16', consent: false, plugin: null } as const
  await expect(artifacts.adopt(request)).rejects.toMatchObject({ record: { code: 'untrusted-engine' } })
  const adopted = await artifacts.adopt({ ...request, consent: true })
  expect(adopted).toMatchObject({
    kind: 'tensorrt-engine',
    adopted: true,
    sha256: textSha256('their engine'),
    sizeBytes: 12,
    parity: { verdict: 'not-judged' },
  })
  await expect(artifacts.recipeOf(adopted.sha256)).rejects.toMatchObject({ record: { code: 'bad-recipe' } })
  const empty = join(folder, 'empty.engine')
  await writeFile(empty, '')
  await expect(artifacts.adopt({ ...request, file: empty, consent: true })).rejects.toMatchObject({
    record: {
      code: 'bad-model-file',
      message: `${empty} is empty.`,
      remedy: 'Copy the engine again, or build it again.',
    },
  })
})

async function emptyFolder(): Promise<string> {
  const folder = join(root, `empty-${stores++}`)
  await mkdir(folder)
  return folder
}
