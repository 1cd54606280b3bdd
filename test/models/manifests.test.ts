import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { backendIds } from '../../shared/domain/backend.ts'
import { type ModelManifest, modelManifestSchema } from '../../shared/domain/model.ts'
import { precisionSchema } from '../../shared/domain/precision.ts'

const modelsFolder = join(import.meta.dirname, '../../models')
const folderNames = readdirSync(modelsFolder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'samples')
  .map((entry) => entry.name)

function readManifest(name: string): ModelManifest {
  return modelManifestSchema.strict().parse(JSON.parse(readFileSync(join(modelsFolder, name, 'model.json'), 'utf8')))
}

const shipped = [
  ...['clip-vit-b32', 'convnextv2-tiny', 'd-fine-s', 'detr-resnet-50', 'digits', 'dinov2-small', 'efficientnet-lite0'],
  ...['rf-detr-nano', 'rt-detrv2-r18', 'siglip2-base', 'yolo11n', 'yolos-tiny'],
]
/** Their repositories' commit was not known when their manifests were written: the newest is fetched, and its hash kept. */
const unpinned = ['convnextv2-tiny']

it('ships these models', () => {
  expect(folderNames.toSorted()).toEqual(shipped)
})

describe.each(folderNames)('%s', (name) => {
  const manifest = readManifest(name)

  it('has its folder as id', () => {
    expect(manifest.id).toBe(name)
  })

  it('offers only backends that exist', () => {
    expect(manifest.backends.filter((backend) => !backendIds.some((id) => id === backend))).toEqual([])
  })

  it('has a mean and a deviation for each channel', () => {
    const { mean, standardDeviation } = manifest.preprocessing
    expect([mean.length, standardDeviation.length]).toEqual([manifest.input.channels, manifest.input.channels])
    expect(Math.min(...standardDeviation)).toBeGreaterThan(0)
  })

  it('has an input size that its own multiple allows', () => {
    const { height, width, sizeMultiple } = manifest.input
    expect([(height ?? 0) % sizeMultiple, (width ?? 0) % sizeMultiple]).toEqual([0, 0])
  })

  it('has a profile in order', () => {
    const { min, opt, max } = manifest.optimizationProfile
    expect([min, opt, max]).toEqual([min, opt, max].toSorted((a, b) => a - b))
  })

  it('judges every precision, passing above where it warns', () => {
    expect(Object.keys(manifest.parityTolerance).toSorted()).toEqual(precisionSchema.options.toSorted())
    for (const { cosinePass, cosineWarn } of Object.values(manifest.parityTolerance)) {
      expect(cosineWarn).toBeLessThan(cosinePass)
    }
  })

  it('pins weights from the hub to a commit and to safetensors', () => {
    if (manifest.source.library !== 'transformers') return
    expect(manifest.source.revision ?? 'none').toMatch(unpinned.includes(name) ? /^none$/ : /^[0-9a-f]{40}$/)
    expect(manifest.source.weightsFile).toMatch(/\.safetensors$/)
  })

  it('has the hash of every file that it ships', () => {
    const actual = manifest.artifacts.map(({ file }) =>
      createHash('sha256')
        .update(readFileSync(join(modelsFolder, name, file)))
        .digest('hex'),
    )
    expect(actual).toEqual(manifest.artifacts.map(({ sha256 }) => sha256))
  })

  it('ships the arrays it names', () => {
    if (manifest.evaluation === null) return
    const { inputsFile, labelsFile, thumbnails } = manifest.evaluation
    const sizes = [inputsFile, labelsFile, thumbnails].map((file) => statSync(join(modelsFolder, name, file)).size)
    expect(Math.min(...sizes)).toBeGreaterThan(0)
  })
})

it('calibrates digits on images of its own, none of which is tested', () => {
  const { calibration, evaluation } = readManifest('digits')
  const [calibrated, tested] = [calibration?.inputsFile, evaluation?.inputsFile].map((file) =>
    imagesOf(join(modelsFolder, 'digits', file ?? '')),
  )
  expect([calibrated?.length, tested?.length]).toEqual([512, 360])
  expect(calibrated?.filter((image) => tested?.includes(image))).toEqual([])
})

it('says from which score on a detector finds a box, and of no other model', () => {
  const thresholds = folderNames.map((name) => [name, readManifest(name).scoreThreshold ?? null])
  expect(Object.fromEntries(thresholds)).toEqual({
    'clip-vit-b32': null,
    'convnextv2-tiny': null,
    'd-fine-s': 0.5,
    'detr-resnet-50': 0.5,
    digits: null,
    'dinov2-small': null,
    'efficientnet-lite0': null,
    'rf-detr-nano': 0.5,
    'rt-detrv2-r18': 0.5,
    'siglip2-base': null,
    yolo11n: 0.25,
    'yolos-tiny': 0.5,
  })
})

/** The bytes of each 1 x 8 x 8 float32 image of a .npy file. */
function imagesOf(file: string): readonly string[] {
  const bytes = readFileSync(file)
  const values = bytes.subarray(10 + bytes.readUInt16LE(8))
  const size = 8 * 8 * 4
  return Array.from({ length: values.length / size }, (_, index) =>
    values.subarray(index * size, (index + 1) * size).toString('base64'),
  )
}

it('names the weights of a package as the requirements install it', () => {
  const installed = readFileSync(join(modelsFolder, '../electron/python/requirements/main.txt'), 'utf8')
  const packages = folderNames.flatMap((name) => readManifest(name).source.package ?? [])
  expect(packages.map(({ name, version }) => installed.includes(`${name}==${version} `))).toEqual([true])
})

it('ships nothing of Ultralytics but the manifest that names it', () => {
  expect(readdirSync(join(modelsFolder, 'yolo11n'))).toEqual(['model.json'])
})
