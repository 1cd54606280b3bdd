import { describe, expect, it, vi } from 'vitest'
import { modelHandlers } from '../../../../electron/ipc/handlers/models.ts'
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
