import { describe, expect, it } from 'vitest'
import { checkDroppedFile } from '../../../electron/ipc/dropped-file.ts'

describe('a file dropped on the window', () => {
  it.each(['/models/resnet.onnx', '/models/RESNET.ONNX', '/models/a b.v2.onnx'])('may be %s', (file) => {
    expect(() => checkDroppedFile(file)).not.toThrow()
  })

  it.each([
    [
      '/models/clip.engine',
      'untrusted-engine',
      '«clip.engine» is a built engine, which runs as code once it is loaded.',
    ],
    ['/models/clip.plan', 'untrusted-engine', '«clip.plan» is a built engine, which runs as code once it is loaded.'],
    ['/models/yolo.pt', 'unsafe-model-file', '«yolo.pt» is a PyTorch file, which may run code when it is opened.'],
    ['/models/model.safetensors', 'bad-model-file', '«model.safetensors» holds weights without a model.'],
    ['/photos/cat.jpg', 'bad-model-file', '«cat.jpg» is no ONNX model.'],
    ['/photos', 'bad-model-file', '«photos» is no ONNX model.'],
    ['/models/.onnx', 'bad-model-file', '«.onnx» is no ONNX model.'],
    ['', 'bad-model-file', 'What was dropped is no file of this machine.'],
    ['model.onnx', 'bad-model-file', 'What was dropped is no file of this machine.'],
  ])('may not be «%s»', (file, code, message) => {
    expect(() => checkDroppedFile(file)).toThrow(
      expect.objectContaining({
        record: expect.objectContaining({ code, message, remedy: expect.stringMatching(/\.$/) }),
      }),
    )
  })
})
