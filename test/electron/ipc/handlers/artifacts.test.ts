import { expect, it, vi } from 'vitest'
import { artifactHandlers } from '../../../../electron/ipc/handlers/artifacts.ts'
import { BenchError } from '../../../../shared/domain/bench-error.ts'
import { fakeArtifact, fakeArtifactKey as key } from '../../../fakes/conversion-record.ts'
import { fakeHandlerContext } from '../../../fakes/handler-context.ts'

it('artifacts are listed and their logs read', async () => {
  const log = vi.fn(async () => 'line one\nline two\n')
  const handlers = artifactHandlers(
    fakeHandlerContext({ artifacts: { list: async () => [fakeArtifact()], log } }).context,
  )
  expect(await handlers['artifacts:list']({})).toEqual([fakeArtifact()])
  expect(await handlers['artifact:log']({ key })).toEqual({ text: 'line one\nline two\n' })
  expect(log).toHaveBeenCalledWith(key)
})

it('the window is told when an artifact was removed', async () => {
  const remove = vi.fn(async () => undefined)
  const { context, send } = fakeHandlerContext({ artifacts: { remove } })
  expect(await artifactHandlers(context)['artifact:remove']({ key })).toEqual({})
  context.broadcast.flush()
  expect(remove).toHaveBeenCalledWith(key)
  expect(send.mock.calls).toEqual([['artifacts:changed', {}]])
})

it('the window is told of no change when the artifact is not there', async () => {
  const unknown = new BenchError({ code: 'unknown-artifact', stage: 'store', message: 'No such.', remedy: 'Look.' })
  const { context, send } = fakeHandlerContext({ artifacts: { remove: () => Promise.reject(unknown) } })
  await expect(artifactHandlers(context)['artifact:remove']({ key })).rejects.toBe(unknown)
  context.broadcast.flush()
  expect(send).not.toHaveBeenCalled()
})
