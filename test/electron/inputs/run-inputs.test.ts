import { execFileSync } from 'node:child_process'
import { mkdir, readdir, readFile, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createKeyedArtifacts } from '../../../electron/conversions/keyed-artifacts.ts'
import { fileSha256 } from '../../../electron/inputs/file-hash.ts'
import { InputCache } from '../../../electron/inputs/input-cache.ts'
import {
  createRunInputs,
  type RunInputs,
  type RunInputsDependencies,
  type RunInputsRequest,
} from '../../../electron/inputs/run-inputs.ts'
import { BenchError } from '../../../shared/domain/bench-error.ts'
import { exampleManifest } from '../../fakes/example-manifest.ts'
import { exampleRecord } from '../../fakes/example-record.ts'
import { npyBytes } from '../../fakes/npy-bytes.ts'
import { type FakeTasks, fakeTasks } from '../../fakes/task-worker.ts'
import { temporaryFolder } from '../../fakes/temporary-folder.ts'
import { artifact } from '../../shared/planning/artifact.ts'

const root = temporaryFolder()
const noArtifacts: RunInputsDependencies['artifacts'] = {
  list: async () => [],
  find: async () => {
    throw new Error('There are none.')
  },
}
const images = join(root, 'images')
let homes = 0

async function home(tasks: FakeTasks, torch = '2', artifacts = noArtifacts) {
  await mkdir(images, { recursive: true })
  for (const name of ['a.png', 'b.png', 'broken.png', 'c.png']) await writeFile(join(images, name), name)
  homes += 1
  const folder = join(root, `home-${homes}`)
  const versions = { torch }
  return {
    folder,
    versions,
    resolve: createRunInputs({
      inputCache: new InputCache(join(folder, 'inputs')),
      keyed: createKeyedArtifacts(join(folder, 'artifacts'), () => new Date()),
      artifacts,
      samplesFolder: images,
      openTaskWorker: tasks.open,
      toolVersions: async () => ({ ...versions }),
    }),
  }
}

function request(changes: Partial<RunInputsRequest> = {}): RunInputsRequest {
  return {
    plan: { ...exampleRecord().plan, imageLimit: 2 },
    manifest: exampleManifest(),
    modelFolder: root,
    onnxPrecisions: ['fp32'],
    artifactHashes: [],
    needsWeights: true,
    onProgress: () => {},
    log: () => {},
    signal: new AbortController().signal,
    ...changes,
  }
}

function onnxOf(inputs: RunInputs, precision: 'fp32' | 'fp16') {
  const artifact = inputs.onnx.get(precision)
  if (artifact instanceof BenchError) return artifact.record
  return artifact
}

test('images are decoded once, counted so that the counts add up, and found in the cache the next time', async () => {
  const tasks = fakeTasks()
  const { resolve } = await home(tasks)
  const first = await resolve(request())
  expect(first.images).toEqual({
    source: 'shipped photographs',
    found: 4,
    used: 2,
    notUsed: 1,
    skipped: [{ file: 'broken.png', reason: 'It cannot be decoded.' }],
  })
  expect(first.input).toEqual({
    file: first.input.file,
    sha256: await fileSha256(first.input.file),
    shape: [2, 3, 4, 4],
  })
  expect(tasks.calls).toEqual(['open torch-eager', 'resolve-weights', 'prepare-inputs', 'export-onnx', 'close'])
  tasks.calls.length = 0
  expect(await resolve(request())).toEqual(first)
  expect(tasks.calls).toEqual(['open torch-eager', 'resolve-weights', 'close'])
})

test.skipIf(process.platform === 'win32')(
  'fault-33 what is no file of readable size is skipped with its reason, without waiting for it, and the counts add up',
  async () => {
    const folder = join(root, 'odd')
    await mkdir(join(folder, 'inner'), { recursive: true })
    await writeFile(join(folder, 'a.png'), 'a')
    execFileSync('mkfifo', [join(folder, 'b.png'), join(folder, 'pipe')])
    const links = { c: 'pipe', d: '/dev/zero', e: 'gone.png', f: 'f.png', g: 'inner', h: 'a.png' }
    for (const [name, target] of Object.entries(links)) await symlink(target, join(folder, `${name}.png`))
    await writeFile(join(folder, 'i.png'), '')
    await truncate(join(folder, 'i.png'), 600_000_000)
    const { resolve } = await home(fakeTasks())
    const { plan } = request()
    const { images } = await resolve(request({ plan: { ...plan, imageFolder: folder, imageLimit: 10 } }))
    expect(images).toEqual({
      source: folder,
      found: 9,
      used: 2,
      notUsed: 0,
      skipped: [
        { file: 'b.png', reason: 'the file is a pipe, not a file' },
        { file: 'c.png', reason: 'the file is a pipe, not a file' },
        { file: 'd.png', reason: 'the file is a device, not a file' },
        { file: 'e.png', reason: 'the file is missing, or is a link that leads nowhere' },
        { file: 'f.png', reason: 'the file is a link that leads back to itself' },
        { file: 'g.png', reason: 'the file is a folder, not a file' },
        { file: 'i.png', reason: 'the file has 600 MB, and at most 537 MB are read' },
      ],
    })
  },
)

test.skipIf(process.platform === 'win32')('fault-33 a folder with nothing readable is refused', async () => {
  const folder = join(root, 'pipes')
  await mkdir(folder)
  execFileSync('mkfifo', [join(folder, 'a.png')])
  const { resolve } = await home(fakeTasks())
  await expect(resolve(request({ plan: { ...request().plan, imageFolder: folder } }))).rejects.toMatchObject({
    record: {
      code: 'no-readable-images',
      stage: 'inputs',
      message: 'None of 1 images could be read; a.png: the file is a pipe, not a file.',
    },
  })
})

test('fault-35 a picture that changes while it is read is skipped, named, and nothing of it is kept', async () => {
  const plain = fakeTasks()
  let writes = 1
  const tasks = fakeTasks({
    'prepare-inputs': async (parameters) => {
      if (writes-- > 0) await writeFile(join(images, 'a.png'), 'another picture')
      const worker = await plain.open('torch-eager', () => {}, request().signal)
      return worker.request('prepare-inputs', parameters, request().signal)
    },
  })
  const { folder, resolve } = await home(tasks)
  const first = await resolve(request())
  expect(first.images).toEqual({
    source: 'shipped photographs',
    found: 4,
    used: 2,
    notUsed: 0,
    skipped: [
      { file: 'a.png', reason: 'the file changed while it was read' },
      { file: 'broken.png', reason: 'It cannot be decoded.' },
    ],
  })
  expect((await readdir(join(folder, 'inputs'))).length).toBe(2)
  expect((await resolve(request())).images).toEqual({
    source: 'shipped photographs',
    found: 4,
    used: 2,
    notUsed: 1,
    skipped: [{ file: 'broken.png', reason: 'It cannot be decoded.' }],
  })
})

test('fault-34 pictures of any name are read as they are, and no name does anything', async () => {
  const folder = join(root, 'names; $(touch ran) `touch ran` \' " \\ é')
  await mkdir(folder)
  const names = [
    ...['-rf.png', '--help.png', ' .png', 'a b.png', 'quote\'".png', ';touch ran;.png', '$(touch ran).png', '%s\n.png'],
    ...['\u00e9.png', 'e\u0301.png', '\u{1f5bc}.png', '\u202egnp.png', `${'x'.repeat(240)}.png`, 'CON.png'],
  ]
  for (const name of names) await writeFile(join(folder, name), name)
  const asked: string[] = []
  const plain = fakeTasks()
  const tasks = fakeTasks({
    'prepare-inputs': async (parameters) => {
      asked.push(...parameters.files)
      const worker = await plain.open('torch-eager', () => {}, request().signal)
      return worker.request('prepare-inputs', parameters, request().signal)
    },
  })
  const { resolve } = await home(tasks)
  const { images } = await resolve(request({ plan: { ...request().plan, imageFolder: folder, imageLimit: 100 } }))
  expect(images).toEqual({ source: folder, found: names.length, used: names.length, notUsed: 0, skipped: [] })
  expect([...asked].sort()).toEqual(names.map((name) => join(folder, name)).sort())
  expect(await readdir(folder)).not.toContain('ran')
})

test('a changed picture, size or limit is prepared afresh', async () => {
  const tasks = fakeTasks()
  const { resolve } = await home(tasks)
  const { plan } = request()
  await resolve(request())
  await writeFile(join(images, 'a.png'), 'another picture')
  await resolve(request())
  await resolve(request({ plan: { ...plan, inputSize: 8 } }))
  await resolve(request({ plan: { ...plan, imageLimit: 1 } }))
  expect(tasks.calls.filter((call) => call === 'prepare-inputs').length).toBe(4)
})

test('an export is kept for its opset and tool versions, and built again when damaged', async () => {
  const tasks = fakeTasks()
  const { resolve, versions } = await home(tasks)
  const exports = () => tasks.calls.filter((call) => call === 'export-onnx').length
  const artifact = onnxOf(await resolve(request()), 'fp32')
  if (artifact === undefined || !('file' in artifact)) throw new Error('An artifact was expected.')
  expect(artifact).toMatchObject({ kind: 'onnx', opset: 17, weights: 'seeded', parity: { verdict: 'not-judged' } })
  await resolve(request({ plan: { ...request().plan, opset: 18 } }))
  expect(exports()).toBe(2)
  versions.torch = '3'
  await resolve(request())
  expect(exports()).toBe(3)
  versions.torch = '2'
  await resolve(request())
  expect(exports()).toBe(3)
  await writeFile(artifact.file, 'bit rot')
  await resolve(request())
  expect(exports()).toBe(4)
  expect(await readFile(artifact.file, 'utf8')).toBe('onnx of opset 17')
})

test('a failed export costs its own cases only and leaves nothing behind', async () => {
  const failure = new BenchError({ code: 'export-failed', stage: 'export', message: 'No.', remedy: 'Try.' })
  const tasks = fakeTasks({
    'export-onnx': async ({ outFile }) => {
      await writeFile(outFile, 'half')
      throw failure
    },
  })
  const { resolve, folder } = await home(tasks)
  expect(onnxOf(await resolve(request()), 'fp32')).toEqual(failure.record)
  expect(await readdir(join(folder, 'artifacts'))).toEqual([])
  expect(tasks.calls.at(-1)).toBe('close')
})

test('a precision that nothing can make is a missing artifact with its remedy', async () => {
  const { resolve } = await home(fakeTasks())
  expect(onnxOf(await resolve(request({ onnxPrecisions: ['fp16'] })), 'fp16')).toMatchObject({
    code: 'missing-artifact',
  })
})

test('a model that ships arrays and files needs no Python at all', async () => {
  const folder = join(root, 'shipped')
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'x.npy'), npyBytes('<f4', [2, 1, 2, 2], new Float32Array(8)))
  await writeFile(join(folder, 'y.npy'), npyBytes('<i8', [2], new BigInt64Array([1n, 0n])))
  await writeFile(join(folder, 'm.onnx'), 'a model')
  const sha256 = await fileSha256(join(folder, 'm.onnx'))
  const manifest = exampleManifest({
    source: { library: 'own', repository: '', revision: null, weightsFile: null },
    artifacts: [{ kind: 'onnx', precision: 'fp32', file: 'm.onnx', sha256, opset: 17 }],
    evaluation: { inputsFile: 'x.npy', labelsFile: 'y.npy', thumbnails: 'thumbnails', licence: 'CC-BY-4.0' },
  })
  const tasks = fakeTasks()
  const { resolve } = await home(tasks)
  const inputs = await resolve(request({ manifest, modelFolder: folder }))
  expect(inputs).toMatchObject({
    input: { file: join(folder, 'x.npy'), shape: [2, 1, 2, 2] },
    images: { found: 2, used: 2, notUsed: 0, skipped: [] },
    labels: [1, 0],
    weights: { origin: 'own' },
  })
  expect(onnxOf(inputs, 'fp32')).toMatchObject({ file: join(folder, 'm.onnx'), sha256, sizeBytes: 7 })
  expect(tasks.calls).toEqual([])

  await writeFile(join(folder, 'm.onnx'), 'a model, swapped')
  const swapped = await resolve(request({ manifest, modelFolder: folder }))
  expect(onnxOf(swapped, 'fp32')).toMatchObject({ code: 'bad-model-file' })
})

test('without Python, images are refused with the remedy', async () => {
  const unavailable = new BenchError({
    code: 'python-unavailable',
    stage: 'setup',
    message: 'There is no Python environment.',
    remedy: 'Set it up.',
  })
  const tasks: FakeTasks = { calls: [], open: () => Promise.reject(unavailable) }
  const { resolve } = await home(tasks)
  await expect(resolve(request())).rejects.toBe(unavailable)
})

test('where every case runs an artifact its weights are taken as they are, and nothing is exported', async () => {
  const tasks = fakeTasks()
  const made = artifact({ modelId: 'tiny', weights: 'hub' })
  const { resolve } = await home(tasks, '2', { list: async () => [made], find: async () => made })
  const inputs = await resolve(request({ onnxPrecisions: [], artifactHashes: [made.sha256], needsWeights: false }))
  expect(inputs.artifacts.get(made.sha256)).toEqual(made)
  expect(inputs.weights).toMatchObject({ origin: 'hub', reason: 'They are in the artifacts that ran.' })
  expect(tasks.calls).toEqual(['open torch-eager', 'prepare-inputs', 'close'])
})

test('fault-16 a damaged artifact costs its own cases only', async () => {
  const damaged = new BenchError({ code: 'missing-artifact', stage: 'store', message: 'Torn.', remedy: 'Again.' })
  const { resolve } = await home(fakeTasks(), '2', { list: async () => [], find: () => Promise.reject(damaged) })
  const inputs = await resolve(request({ artifactHashes: ['a'.repeat(64)] }))
  expect(inputs.artifacts.get('a'.repeat(64))).toBe(damaged)
  expect(inputs.weights.origin).toBe('seeded')
})

test('a precision that the model ships no file of says how to convert one, or which is converted already', async () => {
  const { resolve } = await home(fakeTasks())
  const missing = onnxOf(await resolve(request({ onnxPrecisions: ['fp16'] })), 'fp16')
  expect(missing).toMatchObject({
    code: 'missing-artifact',
    remedy:
      'Convert it: enginebench convert --model digits --to onnx --precision fp16; then run the artifact that it prints.',
  })
  const made = artifact({ modelId: 'tiny' })
  const converted = await home(fakeTasks(), '2', { list: async () => [made], find: async () => made })
  expect(onnxOf(await converted.resolve(request({ onnxPrecisions: ['fp16'] })), 'fp16')).toMatchObject({
    code: 'missing-artifact',
    remedy: 'Run the one that is converted already: --artifact 1a2b3c4d1a2b.',
  })
})

test('YOLO tasks go to the environment of Ultralytics', async () => {
  const tasks = fakeTasks()
  const { resolve } = await home(tasks)
  const source = { library: 'ultralytics', repository: 'yolo11n.yaml', revision: null, weightsFile: null } as const
  await resolve(request({ manifest: exampleManifest({ source }) }))
  expect(tasks.calls[0]).toBe('open ultralytics')
})

test('cancelling stops before the next piece of work and closes the worker', async () => {
  const controller = new AbortController()
  const reason = new Error('cancelled')
  const tasks = fakeTasks({
    'resolve-weights': async () => {
      controller.abort(reason)
      return { origin: 'seeded', folder: null, sha256: null, reason: 'Seeded.' }
    },
  })
  const { resolve } = await home(tasks)
  await expect(resolve(request({ signal: controller.signal }))).rejects.toBe(reason)
  expect(tasks.calls).toEqual(['open torch-eager', 'resolve-weights', 'close'])
})
