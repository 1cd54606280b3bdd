import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { checkDroppedFile, modelHandlers, readSamplePictures } from '../../../../electron/ipc/handlers/models.ts'
import type { ModelCatalog } from '../../../../electron/services.ts'
import { BenchError } from '../../../../shared/domain/bench-error.ts'
import { exampleManifest } from '../../../fakes/example-manifest.ts'
import { fakeHandlerContext } from '../../../fakes/handler-context.ts'
import { fakePlan } from '../../../fakes/run-record.ts'

const file = '/home/someone/model.onnx'
const manifest = exampleManifest()

function fixture(find: ModelCatalog['find'] = async () => ({ manifest, folder: '/data/cache/models/a' })) {
  const found = vi.fn(find)
  const { context } = fakeHandlerContext({ models: { find: found } }, { chooseFile: async () => file })
  return { context, found, handlers: modelHandlers(context) }
}

describe('a model of the user’s own', () => {
  it.each<['chosen' | 'dropped']>([['chosen'], ['dropped']])(
    'may be named by the window once it was %s',
    async (how) => {
      const { context, handlers } = fixture()
      expect(() => context.allowedPaths.check(fakePlan({ model: file }))).toThrow()
      const opened = how === 'chosen' ? handlers['model:choose-file']({}) : handlers['model:open-dropped']({ file })
      expect(await opened).toEqual({ file, manifest })
      expect(() => context.allowedPaths.check(fakePlan({ model: file }))).not.toThrow()
    },
  )

  it('is not looked at when what was dropped is no .onnx file', async () => {
    const { handlers, found } = fixture()
    await expect(handlers['model:open-dropped']({ file: '/etc/passwd' })).rejects.toMatchObject({
      record: { code: 'bad-model-file' },
    })
    expect(found).not.toHaveBeenCalled()
  })

  it('may not be named when it could not be opened', async () => {
    const torn = new BenchError({ code: 'bad-model-file', stage: 'load', message: 'It is torn.', remedy: 'Export it.' })
    const { context, handlers } = fixture(() => Promise.reject(torn))
    await expect(handlers['model:open-dropped']({ file })).rejects.toBe(torn)
    expect(() => context.allowedPaths.check(fakePlan({ model: file }))).toThrow()
  })
})

describe('a model from a source', () => {
  function sources() {
    const trusted: string[] = []
    const { context } = fakeHandlerContext(
      {
        models: {
          find: async () => ({ manifest, folder: '/data/cache/model-sources/a' }),
          trust: async (reference) => void trusted.push(reference),
        },
      },
      { chooseFolder: async () => '/models/my vit', chooseFile: async () => '/code/net.py' },
    )
    return { trusted, context, handlers: modelHandlers(context) }
  }

  it('may name a path only once a dialog returned it', async () => {
    const { handlers, context } = sources()
    const model = '/models/my vit?mean=0.5'
    const inspect = () => handlers['model:inspect-source']({ model, consent: false })
    await expect(inspect()).rejects.toMatchObject({ record: { code: 'bad-usage' } })
    expect(await handlers['model:choose-source-path']({ of: 'folder' })).toEqual({ path: '/models/my vit' })
    expect(await inspect()).toEqual({ file: model, manifest })
    expect(() => context.allowedPaths.check(fakePlan({ model }))).not.toThrow()
  })

  it('that is a name needs no dialog', async () => {
    const { handlers, context } = sources()
    const model = 'hf:google/vit-base'
    expect(await handlers['model:inspect-source']({ model, consent: false })).toEqual({ file: model, manifest })
    expect(() => context.allowedPaths.check(fakePlan({ model }))).not.toThrow()
  })

  it('that is code is trusted only with consent', async () => {
    const { handlers, trusted } = sources()
    await handlers['model:choose-source-path']({ of: 'module' })
    const model = '/code/net.py:make'
    await handlers['model:inspect-source']({ model, consent: false })
    expect(trusted).toEqual([])
    await handlers['model:inspect-source']({ model, consent: true })
    expect(trusted).toEqual([model])
  })
})

describe('a file dropped on the window', () => {
  it.each(['/models/resnet.onnx', '/models/RESNET.ONNX', '/models/a b.v2.onnx'])('may be %s', (file) => {
    expect(() => checkDroppedFile(file)).not.toThrow()
  })

  it.each([
    [
      '/models/clip.engine',
      'untrusted-engine',
      '"clip.engine" is a built engine, which runs as code once it is loaded.',
    ],
    ['/models/clip.plan', 'untrusted-engine', '"clip.plan" is a built engine, which runs as code once it is loaded.'],
    ['/models/yolo.pt', 'unsafe-model-file', '"yolo.pt" is a PyTorch file, which may run code when it is opened.'],
    ['/models/model.safetensors', 'bad-model-file', '"model.safetensors" holds weights without a model.'],
    ['/photos/cat.jpg', 'bad-model-file', '"cat.jpg" is not an ONNX model.'],
    ['/photos', 'bad-model-file', '"photos" is not an ONNX model.'],
    ['/models/.onnx', 'bad-model-file', '".onnx" is not an ONNX model.'],
    ['', 'bad-model-file', 'What was dropped is not a file on this machine.'],
    ['model.onnx', 'bad-model-file', 'What was dropped is not a file on this machine.'],
  ])('may not be "%s"', (file, code, message) => {
    expect(() => checkDroppedFile(file)).toThrow(
      expect.objectContaining({
        record: expect.objectContaining({ code, message, remedy: expect.stringMatching(/\.$/) }),
      }),
    )
  })
})

const samplesFolder = join(import.meta.dirname, '../../../../models/samples')

it('credits every shipped picture with the photograph it was made from', async () => {
  const pictures = await readSamplePictures(samplesFolder)
  expect(pictures.length).toBeGreaterThanOrEqual(24)
  expect(pictures.find(({ file }) => file === 'flower-petals.jpg')).toEqual({
    file: 'flower-petals.jpg',
    title: 'A dahlia',
    author: 'vultilion (danielbuechele in the note of its distributor)',
    licence: 'CC-BY-2.0',
  })
})
