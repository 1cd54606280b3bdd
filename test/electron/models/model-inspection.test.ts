import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { link, mkdir, mkdtemp, readdir, readFile, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { onnx } from 'onnx-proto'
import { beforeEach, describe, expect, it } from 'vitest'
import { inspectModel } from '../../../electron/models/model-inspection.ts'
import { BenchError } from '../../../shared/domain/bench-error.ts'
import {
  externalTensor,
  floatTensor,
  imageType,
  modelBytes,
  nestedModelBytes,
  tinyGraph,
} from '../../fakes/onnx-model.ts'
import { temporaryFolder } from '../../fakes/temporary-folder.ts'

const root = temporaryFolder()
let folder: string
let copyFolder: string
let file: string

beforeEach(async () => {
  folder = await mkdtemp(join(root, 'case-'))
  copyFolder = join(folder, 'copy')
  await mkdir(join(folder, 'models', 'inner'), { recursive: true })
  await mkdir(copyFolder)
  file = join(folder, 'models', 'given.onnx')
  await writeFile(join(folder, 'secret.bin'), Buffer.alloc(64))
  await writeFile(join(folder, 'models', 'weights.bin'), Buffer.alloc(64))
})

async function refusal(bytes: Uint8Array): Promise<string | undefined> {
  await writeFile(file, bytes)
  try {
    await inspectModel(file, copyFolder)
  } catch (error) {
    if (error instanceof BenchError) return error.record.code
    throw error
  }
}

function withExternal(location: string, extra: object = {}): Uint8Array {
  return modelBytes(tinyGraph({ initializer: [externalTensor('weights', [4, 3], location, extra)] }))
}

function withOperator(opType: string, domain: string): Uint8Array {
  return modelBytes(tinyGraph({ node: [{ opType, domain, input: ['pixels'], output: ['logits'] }] }))
}

describe('inspecting a model', () => {
  it('tells what goes in and out, and copies the bytes it checked', async () => {
    const bytes = modelBytes()
    await writeFile(file, bytes)
    expect(await inspectModel(file, copyFolder)).toEqual({
      opset: 17,
      inputs: [{ name: 'pixels', dtype: 'float32', dimensions: ['batch', 1, 2, 2] }],
      outputs: ['logits'],
      outputTensors: [{ name: 'logits', dtype: 'float32', dimensions: ['batch', 3] }],
      defaulted: [],
      tableRows: {},
      metadata: {},
      externalFiles: [],
      storedPrecision: 'fp32',
      sha256: createHash('sha256').update(bytes).digest('hex'),
    })
    expect(await readFile(join(copyFolder, 'model.onnx'))).toEqual(Buffer.from(bytes))
  })

  it('copies external data beside the copy and lets it change the hash', async () => {
    await writeFile(file, withExternal('inner/weights.bin', { offset: 16, length: 48 }))
    await writeFile(join(folder, 'models', 'inner', 'weights.bin'), Buffer.alloc(64, 1))
    const first = await inspectModel(file, copyFolder)
    expect(first.externalFiles).toEqual(['inner/weights.bin'])
    expect(await readFile(join(copyFolder, 'inner', 'weights.bin'))).toEqual(Buffer.alloc(64, 1))

    await writeFile(join(folder, 'models', 'inner', 'weights.bin'), Buffer.alloc(64, 2))
    await mkdir(join(folder, 'second'))
    const second = await inspectModel(file, join(folder, 'second'))
    expect(second.sha256).not.toBe(first.sha256)
  })

  it('copies external data only as far as its tensors reach, whatever follows', async () => {
    await writeFile(file, withExternal('weights.bin'))
    await writeFile(join(folder, 'models', 'weights.bin'), Buffer.alloc(48, 1))
    await truncate(join(folder, 'models', 'weights.bin'), 40 * 1024 ** 3)
    await inspectModel(file, copyFolder)
    expect(await readFile(join(copyFolder, 'weights.bin'))).toEqual(Buffer.alloc(48, 1))
  })

  it('fault-31 refuses external data that is mostly not of the model, before it copies any', async () => {
    await truncate(join(folder, 'models', 'weights.bin'), 40 * 1024 ** 3)
    expect(await refusal(withExternal('weights.bin', { offset: 39 * 1024 ** 3, length: 48 }))).toBe('unsafe-model-file')
    expect(await readdir(copyFolder)).toEqual([])
  })

  it('takes local functions and the quantization operators of ONNX Runtime', async () => {
    const body = { name: 'Half', domain: 'mine', input: ['x'], output: ['y'], node: [{ opType: 'Identity' }] }
    expect(
      await refusal(modelBytes(tinyGraph({ node: [{ opType: 'Half', domain: 'mine' }] }), { functions: [body] })),
    ).toBe(undefined)
    await mkdir(join(folder, 'other'))
    copyFolder = join(folder, 'other')
    expect(await refusal(withOperator('QLinearAdd', 'com.microsoft'))).toBe(undefined)
  })

  it('lists operators of unknown domains for a caller that answers for them, and nothing else passes', async () => {
    const node = ['Sharpen', 'Blur', 'Sharpen'].map((opType) => ({ opType, domain: 'my.company', input: ['pixels'] }))
    const [identity] = [{ opType: 'Identity', input: ['pixels'], output: ['logits'] }]
    await writeFile(file, modelBytes(tinyGraph({ node: [...node, identity] })))
    expect((await inspectModel(file, copyFolder, () => {}, 'listed')).customOperators).toEqual([
      'my.company::Sharpen',
      'my.company::Blur',
    ])
    const many = Array.from({ length: 65 }, (_, index) => ({ opType: `Op${index}`, domain: 'my.company' }))
    const refused = async (nodes: readonly onnx.INodeProto[]) => {
      await writeFile(file, modelBytes(tinyGraph({ node: [...nodes] })))
      return inspectModel(file, copyFolder, () => {}, 'listed').catch(({ record }) => record.code)
    }
    expect(await refused([{ opType: 'TRT_PluginV2', domain: 'my.company' }])).toBe('unsafe-model-file')
    expect(await refused(many)).toBe('unsafe-model-file')
  })

  it('finds half weights in a file', async () => {
    const half: onnx.ITensorProto = { name: 'weights', dataType: 10, dims: [4, 3], rawData: new Uint8Array(24) }
    await writeFile(file, modelBytes(tinyGraph({ initializer: [half] })))
    expect((await inspectModel(file, copyFolder)).storedPrecision).toBe('fp16')
  })

  it.each([
    [17, 'fp8'],
    [22, 'int4-weights'],
    [3, 'int8'],
  ])('finds what a quantized file was rounded to: element type %i', async (dataType, precision) => {
    const narrow: onnx.ITensorProto = { name: 'weights', dataType, dims: [4, 2], rawData: new Uint8Array(8) }
    const node = [{ opType: 'DequantizeLinear', input: ['weights'], output: ['wide'] }]
    await writeFile(file, modelBytes(tinyGraph({ initializer: [narrow], node })))
    expect((await inspectModel(file, copyFolder)).storedPrecision).toBe(precision)
  })

  it.each([
    ['an empty file', new Uint8Array()],
    ['text', new TextEncoder().encode('not a model at all, only words')],
    ['zeros', new Uint8Array(1000)],
    ['a picture', Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13])],
    ['a file cut in the middle', modelBytes().slice(0, 60)],
    ['a file without its last byte', modelBytes().slice(0, -1)],
    ['a model without a graph', modelBytes({})],
    ['a model without operator sets', modelBytes(tinyGraph(), { opsetImport: [] })],
    ['a model without outputs', modelBytes(tinyGraph({ output: [] }))],
    ['external data that is not there', withExternal('gone.bin')],
    ['external data without a name', withExternal('')],
    ['external data longer than its file', withExternal('weights.bin', { offset: 32, length: 48 })],
    ['external data longer than its tensor', withExternal('weights.bin', { length: 64 })],
  ])('fault-31 refuses %s as a bad file', async (_name, bytes) => {
    expect(await refusal(bytes)).toBe('bad-model-file')
  })

  it.each([
    ['above its folder', '../secret.bin'],
    ['above its folder by a detour', 'inner/../../secret.bin'],
    ['at an absolute path', '/etc/hostname'],
    ['on a drive', 'C:\\secret.bin'],
    ['on a drive with slashes', 'C:/secret.bin'],
    ['on a server', '\\\\server\\share\\secret.bin'],
    ['behind backslashes', '..\\secret.bin'],
    ['in a stream of a file', 'weights.bin:hidden'],
    ['behind a NUL', 'weights.bin\0.txt'],
    ['under a reserved name', 'NUL.bin'],
    ['in its own place', 'model.onnx'],
    ['in the folder itself', '.'],
    ['under an endless name', 'a'.repeat(5000)],
  ])('fault-31 refuses external data %s', async (_name, location) => {
    expect(await refusal(withExternal(location))).toBe('unsafe-model-file')
    expect(await readdir(copyFolder)).toEqual([])
  })

  it('fault-31 refuses external data behind a symbolic link', async () => {
    await symlink(join(folder, 'secret.bin'), join(folder, 'models', 'linked.bin'))
    expect(await refusal(withExternal('linked.bin'))).toBe('unsafe-model-file')
  })

  it('fault-31 refuses external data behind a linked folder', async () => {
    await symlink(folder, join(folder, 'models', 'out'))
    expect(await refusal(withExternal('out/secret.bin'))).toBe('unsafe-model-file')
  })

  it('fault-31 refuses external data with a second name', async () => {
    await link(join(folder, 'secret.bin'), join(folder, 'models', 'hard.bin'))
    expect(await refusal(withExternal('hard.bin'))).toBe('unsafe-model-file')
  })

  it.skipIf(process.platform === 'win32')('fault-31 refuses a pipe without waiting for it', async () => {
    execFileSync('mkfifo', [join(folder, 'models', 'pipe.bin')])
    expect(await refusal(withExternal('pipe.bin'))).toBe('unsafe-model-file')
    expect(await refusal(withExternal('inner'))).toBe('unsafe-model-file')
  })

  it.each([
    ['an offset that is no number', { offset: '-1' }],
    ['an offset past every number', { offset: '99999999999999999999' }],
    ['a length that overflows', { length: '0x10' }],
  ])('fault-31 refuses %s', async (_name, extra) => {
    expect(await refusal(withExternal('weights.bin', extra))).toBe('unsafe-model-file')
  })

  it.each([
    ['a compiled context', withOperator('EPContext', 'com.microsoft')],
    ['a plugin', withOperator('TRT_PluginV2', '')],
    ['an unknown domain', withOperator('Anything', 'evil.ops')],
    ['huge sizes', modelBytes(tinyGraph({ initializer: [floatTensor('weights', [2 ** 31, 2 ** 31], [])] }))],
    ['a negative size', modelBytes(tinyGraph({ initializer: [floatTensor('weights', [-4, 3], [])] }))],
    ['a graph a hundred deep', nestedModelBytes(100)],
    ['a graph a million deep', nestedModelBytes(1_000_000)],
    [
      'too many nodes',
      Uint8Array.from([0x3a, 0x80, 0x89, 0x7a, ...new Uint8Array(2_000_000).map((_, i) => (i % 2 ? 0 : 10))]),
    ],
  ])('fault-31 refuses %s', async (_name, bytes) => {
    expect(await refusal(bytes)).toBe('unsafe-model-file')
  })

  it('fault-31 finds what is unsafe inside of nested graphs', async () => {
    const inner = tinyGraph({ node: [{ opType: 'EPContext', domain: 'com.microsoft' }] })
    const branch = { name: 'then_branch', g: inner, type: 5 }
    expect(await refusal(modelBytes(tinyGraph({ node: [{ opType: 'If', attribute: [branch] }] })))).toBe(
      'unsafe-model-file',
    )
    const hidden = { name: 'value', t: externalTensor('t', [4], '../secret.bin'), type: 4 }
    expect(await refusal(modelBytes(tinyGraph({ node: [{ opType: 'Constant', attribute: [hidden] }] })))).toBe(
      'unsafe-model-file',
    )
  })

  it('fault-31 refuses a file over the limit of its format before reading it', async () => {
    await writeFile(file, modelBytes())
    await truncate(file, 2 ** 31)
    await expect(inspectModel(file, copyFolder)).rejects.toMatchObject({ record: { code: 'unsafe-model-file' } })
  })

  it('refuses any cut of a good file without an unexpected error', async () => {
    const whole = modelBytes(tinyGraph({ input: [{ name: 'pixels', type: imageType([2, 3, 4, 5]) }] }))
    for (let length = 0; length < whole.length; length += 7) {
      expect(['bad-model-file', 'unsafe-model-file']).toContain(await refusal(whole.slice(0, length)))
    }
  })
})
