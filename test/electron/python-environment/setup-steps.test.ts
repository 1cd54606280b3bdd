import { expect, test } from 'vitest'
import { SetupSteps } from '../../../electron/python-environment/setup-steps.ts'
import type { PythonProgress } from '../../../shared/ipc/contract.ts'

function recorded() {
  const published: PythonProgress[] = []
  let nowMs = 0
  const steps = new SetupSteps(
    'main',
    ['one', 'two'],
    (progress) => published.push(progress),
    () => nowMs,
  )
  return {
    steps,
    published,
    passMs: (ms: number) => {
      nowMs += ms
    },
  }
}

test('a step goes from waiting to done with the time it took', async () => {
  const { steps, published, passMs } = recorded()
  await steps.run('one', new AbortController().signal, async () => passMs(40))
  expect(published.at(-1)).toEqual({
    environment: 'main',
    steps: [
      { name: 'one', state: 'done', elapsedMs: 40, detail: null },
      { name: 'two', state: 'waiting', elapsedMs: null, detail: null },
    ],
    line: null,
    outcome: null,
    error: null,
  })
})

test('the share of a download is shown behind what is downloaded, and lines come at most ten a second', async () => {
  const { steps, published, passMs } = recorded()
  await steps.run('one', new AbortController().signal, async () => {
    passMs(1000)
    steps.installerLine('one', 'Downloading torch.whl (190 MB)')
    for (let percent = 0; percent < 100; percent++) {
      passMs(10)
      steps.installerLine('one', `Progress ${percent}000000 of 100000000`)
    }
  })
  expect(published.map(({ steps: [first] }) => first?.detail)).toContain('torch.whl, 190 MB · 49 of 100 MB · 49 %')
  expect(published.length).toBeLessThan(15)
})

test('a step that was cancelled is not called failed', async () => {
  const { steps, published } = recorded()
  const controller = new AbortController()
  const running = steps.run('one', controller.signal, async () => {
    controller.abort(new Error('cancelled'))
    controller.signal.throwIfAborted()
  })
  await expect(running).rejects.toThrow('cancelled')
  expect(published.at(-1)?.steps.map(({ state }) => state)).toEqual(['cancelled', 'waiting'])
})
