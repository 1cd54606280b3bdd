import { describe, expect, it, test } from 'vitest'
import {
  modelReferenceText,
  pathOfModel,
  readModelReference,
  withModelPath,
} from '../../../shared/domain/model-source.ts'

function sourceOf(text: string): unknown {
  const read = readModelReference(text)
  if ('faults' in read) throw new Error(read.faults.map(({ message }) => message).join(' '))
  return read.reference.source
}

function faultsOf(text: string): readonly string[] {
  const read = readModelReference(text)
  return 'faults' in read ? read.faults.map(({ message, remedy }) => `${message} ${remedy}`) : []
}

describe('a model reference', () => {
  it.each([
    ['timm:resnet18.a1_in1k', { kind: 'timm', place: 'resnet18.a1_in1k', revision: null, factory: null }],
    ['torchvision:resnet18', { kind: 'torchvision', place: 'resnet18', revision: null, factory: null }],
    ['hf:google/vit-base', { kind: 'hub', place: 'google/vit-base', revision: null, factory: null }],
    ['hf:google/vit-base@refs/pr/3', { kind: 'hub', place: 'google/vit-base', revision: 'refs/pr/3', factory: null }],
    ['/models/my vit', { kind: 'folder', place: '/models/my vit', revision: null, factory: null }],
    ['./my-vit', { kind: 'folder', place: './my-vit', revision: null, factory: null }],
    ['/models/what?/vit', { kind: 'folder', place: '/models/what?/vit', revision: null, factory: null }],
    ['/code/net.py:make', { kind: 'module', place: '/code/net.py', revision: null, factory: 'make' }],
    ['C:\\code\\net.py:make', { kind: 'module', place: 'C:\\code\\net.py', revision: null, factory: 'make' }],
    ['digits', null],
    ['/models/net.onnx', null],
  ])('%s is read', (text, source) => {
    expect(sourceOf(text)).toEqual(source)
  })

  it('holds what the user changed, in the order of the table', () => {
    const text = 'timm:resnet18?mean=0.5,0.4,0.3&input-size=288x320&outputs=a%26b'
    const read = readModelReference(text)
    expect(read).toEqual({
      reference: {
        text: 'timm:resnet18',
        source: sourceOf('timm:resnet18'),
        changes: { mean: [0.5, 0.4, 0.3], inputSize: '288x320', outputs: ['a&b'] },
      },
    })
    if (!('reference' in read)) return
    expect(modelReferenceText(read.reference)).toBe('timm:resnet18?input-size=288x320&mean=0.5,0.4,0.3&outputs=a%26b')
  })

  it('is refused with what to write', () => {
    expect(faultsOf('hf:vit')).toEqual([
      '"hf:vit" names no model of the hub. Write hf:OWNER/NAME or hf:OWNER/NAME@REVISION.',
    ])
    expect(faultsOf('timm:')).toEqual(['"timm:" names no model of timm. Write timm:NAME, e.g. timm:resnet18.'])
    expect(faultsOf('./net.py')).toEqual([
      '"./net.py" does not say which function returns the model. Write ./net.py:FUNCTION.',
    ])
    expect(faultsOf('digits?mean=0.5')).toEqual([
      'What follows the "?" of "digits?mean=0.5" does not apply: digits is no model source. Leave it out.',
    ])
  })

  it('names all faults of its changes at once', () => {
    expect(faultsOf('timm:resnet18?input-size=big&depth=3')).toEqual([
      '--input-size cannot be "big". Write HEIGHTxWIDTH or one number, e.g. 320x640.',
      expect.stringMatching(/^"depth" of .* cannot be changed\. Choose from: task, input-size, /),
    ])
  })
})

test('only references that name a path of this machine have one, and it can be made absolute', () => {
  const absolute = (path: string) => `/home/someone/${path}`
  const texts = ['hf:google/vit', 'timm:resnet18', 'digits', 'net.onnx', './vit?mean=0.5', 'net.py:make']
  expect(texts.map((text) => [pathOfModel(text), withModelPath(text, absolute)])).toEqual([
    [null, 'hf:google/vit'],
    [null, 'timm:resnet18'],
    [null, 'digits'],
    [null, '/home/someone/net.onnx'],
    ['./vit', '/home/someone/./vit?mean=0.5'],
    ['net.py', '/home/someone/net.py:make'],
  ])
})
