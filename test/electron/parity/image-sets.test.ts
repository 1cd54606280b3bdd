import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { expect, test } from 'vitest'
import { splitOfShipped } from '../../../electron/inputs/image-files.ts'
import { InputCache } from '../../../electron/inputs/input-cache.ts'
import { readFloat32 } from '../../../electron/inputs/npy.ts'
import { calibrationImages, evaluationImages } from '../../../electron/parity/image-sets.ts'
import { exampleManifest } from '../../fakes/example-manifest.ts'
import { npyBytes } from '../../fakes/npy-bytes.ts'
import { fakeTasks } from '../../fakes/task-worker.ts'
import { temporaryFolder } from '../../fakes/temporary-folder.ts'

const root = temporaryFolder()
const samplesFolder = join(import.meta.dirname, '../../../models/samples')
let homes = 0

function dependencies() {
  homes += 1
  const tasks = fakeTasks()
  const signal = new AbortController().signal
  return {
    cache: new InputCache(join(root, `cache-${homes}`)),
    samplesFolder,
    taskWorker: () => tasks.open('torch-eager', () => {}, signal),
  }
}

const request = {
  manifest: exampleManifest(),
  modelFolder: root,
  size: null,
  onProgress: () => {},
  signal: new AbortController().signal,
}
const calibration = (imageFolder: string | null, imageLimit = 500) => ({
  ...request,
  calibration: { imageFolder, imageLimit },
})

test('no shipped photograph both judges and calibrates, and every one does one of both', async () => {
  const { evaluation, calibration: other } = await splitOfShipped(samplesFolder)
  const photographs: { id: string; files: { name: string }[] }[] = JSON.parse(
    await readFile(join(samplesFolder, 'samples.json'), 'utf8'),
  )
  const sides = photographs.map(
    ({ files }) => new Set(files.map(({ name }) => evaluation.includes(join(samplesFolder, name)))).size,
  )
  expect(new Set(sides)).toEqual(new Set([1]))
  const all = photographs.flatMap(({ files }) => files.map(({ name }) => name))
  expect([...evaluation, ...other].map((file) => basename(file)).sort()).toEqual(all.sort())
  expect([evaluation.length, other.length]).toEqual([14, 14])
})

test('evaluation images know their photographs, and the set its hash', async () => {
  const set = await evaluationImages(dependencies(), request)
  expect(set).toMatchObject({
    source: 'shipped photographs',
    images: { found: 14, used: 14, notUsed: 0, skipped: [] },
    input: { shape: [14, 3, 4, 4] },
    labels: null,
  })
  expect(set.photographs?.slice(0, 5)).toEqual(['astronaut', 'astronaut', 'astronaut', 'cat', 'cat'])
  const larger = await evaluationImages(dependencies(), { ...request, size: 8 })
  expect(larger.input.shape).toEqual([14, 3, 8, 8])
  expect(larger.sha256).toBe(set.sha256)
})

test('calibration takes the other half, as many as are asked for', async () => {
  const set = await calibrationImages(dependencies(), calibration(null))
  expect(set.images).toEqual({ source: 'shipped photographs', found: 14, used: 14, notUsed: 0, skipped: [] })
  const few = await calibrationImages(dependencies(), calibration(null, 5))
  expect(few.images).toMatchObject({ used: 5, notUsed: 9 })
  expect(few.sha256).not.toBe(set.sha256)
})

test('a user’s folder gives its images without those that judge, whatever they are called', async () => {
  const folder = join(root, 'mine')
  await mkdir(folder)
  await copyFile(join(samplesFolder, 'cat.jpg'), join(folder, 'renamed.jpg'))
  await writeFile(join(folder, 'own.jpg'), 'a picture')
  const set = await calibrationImages(dependencies(), calibration(folder))
  expect(set).toMatchObject({ source: folder, images: { found: 1, used: 1 } })
})

test('where nothing is left to calibrate on, it says so and what to do', async () => {
  const folder = join(root, 'judging-alone')
  await mkdir(folder)
  await copyFile(join(samplesFolder, 'cat.jpg'), join(folder, 'a.jpg'))
  const record = (code: string, message: string) => ({
    record: { code, stage: 'calibrate', message, remedy: expect.stringMatching(/^Choose a folder/), cause: null },
  })
  await expect(calibrationImages(dependencies(), calibration(folder))).rejects.toMatchObject(
    record('no-calibration-images', `Every image of ${folder} is one that conversions are judged on.`),
  )
  const empty = join(root, 'empty')
  await mkdir(empty)
  await expect(calibrationImages(dependencies(), calibration(empty))).rejects.toMatchObject(
    record('no-calibration-images', `The image folder ${empty} holds no JPEG, PNG, WebP, BMP or TIFF file.`),
  )
})

test('a model that ships calibration arrays is calibrated on the first of them, with no worker', async () => {
  const values = Float32Array.from({ length: 3 * 4 }, (_, index) => index)
  await writeFile(join(root, 'calibration.npy'), npyBytes('<f4', [3, 1, 2, 2], values))
  const manifest = exampleManifest({ calibration: { inputsFile: 'calibration.npy', licence: 'CC0-1.0' } })
  const { cache } = dependencies()
  const alone = { cache, samplesFolder, taskWorker: () => Promise.reject(new Error('none is needed')) }
  const whole = await calibrationImages(alone, { ...calibration(null), manifest })
  expect(whole).toMatchObject({
    source: 'Tiny: its own calibration set',
    input: { file: join(root, 'calibration.npy'), shape: [3, 1, 2, 2] },
    images: { found: 3, used: 3, notUsed: 0 },
  })
  const first = await calibrationImages(alone, { ...calibration(null, 2), manifest })
  expect(first.images).toMatchObject({ found: 3, used: 2, notUsed: 1 })
  expect(await readFloat32(first.input.file)).toEqual({ shape: [2, 1, 2, 2], data: values.subarray(0, 8) })
  expect(first.sha256).not.toBe(whole.sha256)
})
