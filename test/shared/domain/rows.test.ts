import { describe, expect, it } from 'vitest'
import { isOfTestBuilder, readersOf } from '../../../shared/domain/artifact.ts'
import {
  artifactKindOf,
  artifactKindSchema,
  artifactKinds,
  conversionTargetSchema,
  foreignKindOf,
} from '../../../shared/domain/artifact-kind.ts'
import {
  backendIds,
  backendRows,
  builderOf,
  defaultBackends,
  exporterOf,
  licenceOfBackend,
  mainReaderOf,
  pythonBackends,
  representativeOf,
} from '../../../shared/domain/backend.ts'
import {
  environmentNames,
  environments,
  licenceAddresses,
  provenExtras,
  pythonExtraSchema,
  setupWords,
} from '../../../shared/domain/python-environment.ts'
import { exampleManifest } from '../../fakes/example-manifest.ts'

describe('the rows of backends', () => {
  it('have labels and solid colours that no other backend has', () => {
    const labels = backendIds.map((id) => backendRows[id].label)
    const solid = backendIds.filter((id) => backendRows[id].marker === 'solid')
    expect(new Set(labels).size).toBe(backendIds.length)
    expect(new Set(solid.map((id) => backendRows[id].colour.dark)).size).toBe(solid.length)
    expect(new Set(solid.map((id) => backendRows[id].colour.light)).size).toBe(solid.length)
  })

  it('say who builds, reads and exports what', () => {
    expect(Object.fromEntries(conversionTargetSchema.options.map((target) => [target, builderOf(target)]))).toEqual({
      onnx: null,
      onnxruntime: 'onnxruntime',
      tensorrt: 'tensorrt',
      'tensorrt-rtx': 'tensorrt-rtx',
      openvino: 'openvino',
    })
    expect(readersOf({ kind: 'onnx', tools: {} })).toEqual([
      'onnxruntime',
      'onnxruntime-node',
      'onnxruntime-tensorrt',
      'openvino',
    ])
    expect(artifactKindSchema.options.map(mainReaderOf)).toEqual([
      'onnxruntime',
      'onnxruntime',
      'tensorrt',
      'tensorrt-rtx',
      'openvino',
    ])
    const source = exampleManifest().source
    expect([
      exporterOf({ source: { ...source, library: 'ultralytics' } }),
      exporterOf({ source: { ...source, library: 'transformers' } }),
    ]).toEqual(['ultralytics', 'torch-eager'])
  })

  it('say what runs in Python, and what is compared when nothing was chosen', () => {
    expect(backendIds.filter((id) => !pythonBackends.includes(id))).toEqual(['onnxruntime-node', 'simulated'])
    expect([...defaultBackends].sort()).toEqual([
      'onnxruntime',
      'onnxruntime-node',
      'openvino',
      'torch-eager',
      'ultralytics',
    ])
  })

  it('build only kinds in precisions that the backend may claim', () => {
    for (const id of backendIds) {
      const { builds, precisions } = backendRows[id]
      const offered = builds === null ? [] : artifactKinds[builds].precisions
      expect(offered.filter((precision) => !precisions.includes(precision))).toEqual([])
    }
  })
})

describe('the rows of artifact kinds', () => {
  it('give each target one kind', () => {
    const kinds = conversionTargetSchema.options.map(artifactKindOf)
    expect(kinds).toEqual(artifactKindSchema.options)
  })

  it('recognize files that were built elsewhere by their extension', () => {
    expect(['.plan', '.ENGINE', '.trt', '.xml', '.onnx', '.bin'].map(foreignKindOf)).toEqual([
      'tensorrt-engine',
      'tensorrt-engine',
      'tensorrt-engine',
      'openvino-ir',
      null,
      null,
    ])
  })

  it('let nothing read what the test builder made', () => {
    const tools = { 'TensorRT-RTX': '1.7.1, test builder' }
    expect([isOfTestBuilder({ tools }), readersOf({ kind: 'tensorrt-rtx-engine', tools })]).toEqual([true, []])
  })
})

describe('the rows of Python environments', () => {
  it('each have a backend that stands for them, and an address for the licence that they ask for', () => {
    expect(environmentNames.map(representativeOf)).toEqual([
      'torch-eager',
      'ultralytics',
      'tensorrt',
      'tensorrt-rtx',
      'onnxruntime-tensorrt',
      'openvino',
    ])
    const licences = environmentNames.flatMap((name) => environments[name].licence ?? [])
    expect(licences.filter((licence) => licenceAddresses[licence] === undefined)).toEqual([])
    expect([licenceOfBackend('ultralytics'), licenceOfBackend('onnxruntime-node')]).toEqual(['AGPL-3.0', null])
  })

  it('prove their extras by the packages that are installed, and name what must be typed', () => {
    expect(pythonExtraSchema.options).toEqual(['torch', 'onnx', 'yolo', 'tensorrt', 'tensorrt-rtx', 'openvino'])
    expect(provenExtras((name) => name === 'torch' || name === 'onnxruntime-gpu')).toEqual(['torch', 'onnx'])
    expect([setupWords('main'), setupWords('yolo')]).toEqual([
      'setup python',
      'setup python --environment yolo --accept-licence AGPL-3.0',
    ])
  })
})
