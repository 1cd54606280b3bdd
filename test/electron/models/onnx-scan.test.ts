import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { onnx } from 'onnx-proto'
import { beforeEach, expect, it } from 'vitest'
import { inspectModel } from '../../../electron/models/model-inspection.ts'
import { fieldsOfMessage } from '../../../electron/models/onnx-fields.ts'
import { BenchError } from '../../../shared/domain/bench-error.ts'
import {
  attributeBytes,
  externalTensor,
  functionBytes,
  graphBytes,
  messageField,
  modelBytes,
  tinyGraph,
} from '../../fakes/onnx-model.ts'
import { temporaryFolder } from '../../fakes/temporary-folder.ts'

const root = temporaryFolder()
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(root, 'case-'))
  await mkdir(join(folder, 'copy'))
})

/** What is refused, in words; null if the file is taken. */
async function refusal(...parts: readonly Uint8Array[]): Promise<string | null> {
  const file = join(folder, 'given.onnx')
  await writeFile(file, Buffer.concat(parts))
  try {
    await inspectModel(file, join(folder, 'copy'))
    return null
  } catch (error) {
    if (error instanceof BenchError) return error.record.message.replace(/^The model file /, '')
    throw error
  }
}

const compiled = tinyGraph({ node: [{ opType: 'EPContext', domain: 'com.microsoft' }] })
const outside = tinyGraph({ initializer: [externalTensor('weights', [4, 3], '../secret.bin')] })
const holdsCode = 'is refused for safety: it holds compiled code (EPContext).'
const liesOutside = "is refused for safety: its external data lies outside of the model's folder."

/** A local function, called once, with the given attribute as a default. */
function withDefault(attribute: onnx.IAttributeProto): readonly Uint8Array[] {
  const body = functionBytes({ name: 'F', domain: 'mine', node: [{ opType: 'Identity' }] })
  const whole = Buffer.concat([body, messageField(11, attributeBytes({ name: 'default', ...attribute }))])
  return [modelBytes(tinyGraph({ node: [{ opType: 'F', domain: 'mine' }] })), messageField(25, whole)]
}

it('fault-31 walks every field that can hold a graph or a tensor, as onnx.proto lists them', () => {
  const vectors = join(import.meta.dirname, '../../contract/vectors/onnx-messages.json')
  expect(fieldsOfMessage).toEqual(JSON.parse(readFileSync(vectors, 'utf8')))
})

it('fault-31 reads default attributes of local functions, and the graphs of training', async () => {
  expect(await refusal(...withDefault({ type: 3, s: new Uint8Array(4) }))).toBe(null)
  expect(await refusal(...withDefault({ g: compiled }))).toBe(holdsCode)
  expect(await refusal(...withDefault({ graphs: [compiled] }))).toBe(holdsCode)
  expect(await refusal(...withDefault({ g: outside }))).toBe(liesOutside)
  expect(await refusal(...withDefault({ tensors: [externalTensor('t', [4], '../secret.bin')] }))).toBe(liesOutside)
  expect(await refusal(modelBytes(tinyGraph(), { trainingInfo: [{ initialization: compiled }] }))).toBe(holdsCode)
  expect(await refusal(modelBytes(tinyGraph(), { trainingInfo: [{}, { algorithm: outside }] }))).toBe(liesOutside)
})

it('fault-31 refuses what readers take in two ways', async () => {
  const twice = 'cannot be used: it holds twice what may be there once.'
  // Some readers add the second graph to the first, others put it in its place.
  expect(await refusal(messageField(7, graphBytes(compiled)), modelBytes())).toBe(twice)
  const node = messageField(5, Buffer.concat([messageField(6, graphBytes(compiled)), messageField(6, graphBytes({}))]))
  expect(await refusal(modelBytes(), messageField(25, messageField(7, node)))).toBe(twice)
  // The name of the graph as a number: a reader that trusts the field takes what follows for its text.
  const hidden = Buffer.concat([Uint8Array.from([0x10, 0x02]), graphBytes(tinyGraph())])
  expect(await refusal(Uint8Array.from([0x08, 0x08]), messageField(7, hidden))).toBe(
    'cannot be used: a field of it has the wrong type.',
  )
})

const twins = (name: string) => [
  { opType: name, domain: 'mine' },
  { opType: name, domain: 'mine' },
]

it('refuses functions that grow without end when their calls are written out, before anything runs them', async () => {
  const chain = (length: number, nodes: (callee: string) => onnx.INodeProto[]) =>
    Array.from({ length }, (_, index) => ({
      name: `F${index}`,
      domain: 'mine',
      node: index === 0 ? [{ opType: 'Identity' }] : nodes(`F${index - 1}`),
    }))
  const calling = (functions: onnx.IFunctionProto[], name: string, count = 1) => {
    const node = Array.from({ length: count }, () => ({ opType: name, domain: 'mine' }))
    return modelBytes(tinyGraph({ node }), { functions })
  }
  const grows = 'is refused for safety: its functions grow to more than 100000 nodes when their calls are written out.'
  expect(await refusal(calling(chain(16, twins), 'F15'))).toBe(null)
  expect(await refusal(calling(chain(30, twins), 'F29'))).toBe(grows)
  expect(await refusal(calling(chain(16, twins), 'F15', 4))).toBe(grows)
  const single = (callee: string) => twins(callee).slice(1)
  expect(await refusal(calling(chain(40, single), 'F39'))).toBe(
    'is refused for safety: its functions call one another more than 32 deep.',
  )
  expect(await refusal(calling([{ name: 'F', domain: 'mine', node: twins('F') }], 'F'))).toBe(
    'is refused for safety: a function of it calls itself.',
  )
})
