// @vitest-environment jsdom
import { fireEvent, screen, waitFor } from '@testing-library/react'
import { afterEach, expect, test } from 'vitest'
import type { RunRecord } from '../../../shared/domain/run.ts'
import { createFakeBridge } from '../../fakes/bridge.ts'
import { exampleBlock, exampleCase, exampleRecord } from '../../fakes/example-record.ts'
import { worldAnswers } from '../scenarios.ts'
import { closeWindow, openWindow } from '../window.tsx'

afterEach(closeWindow)

const caseCount = 60

function manyCases(state: 'completed' | 'failed'): RunRecord {
  const [group] = exampleRecord().groups
  if (group === undefined) throw new Error('The example has a group.')
  const cases = Array.from({ length: caseCount }, (_, index) =>
    exampleCase({ state, caseKey: index === 0 ? 'simulated-fp32' : `simulated-fp32.${index + 1}` }),
  )
  return exampleRecord({ runId: 'many', state, groups: [{ ...group, cases }] })
}

function bridgeOf(record: RunRecord) {
  return createFakeBridge({
    ...worldAnswers({ records: [record] }),
    'run:samples': () => ({ blocks: [exampleBlock()], tornLines: 0 }),
    'run:machine': () => ({ points: [] }),
  })
}

test('samples of the first cases and of the chosen one are loaded, and the machine once', async () => {
  const bridge = bridgeOf(manyCases('completed'))
  await openWindow({ bridge, path: '/results/many' })
  const targets = await screen.findAllByRole('button', { name: /show its raw samples$/ })
  expect(targets.length).toBe(40)
  expect(screen.getByText('20 more candidates are in the table.')).toBeTruthy()
  const loaded = () => bridge.asked.filter(({ name }) => name === 'run:samples')
  await waitFor(() => expect(loaded().length).toBe(40))
  fireEvent.click(targets.at(-1) ?? document.body)
  fireEvent.keyDown(document.documentElement, { key: 'ArrowDown', code: 'ArrowDown' })
  await waitFor(() => expect(loaded().length).toBe(41))
  expect(loaded().at(-1)?.payload).toMatchObject({ runId: 'many', groupKey: 'digits-b1' })
  expect(bridge.asked.filter(({ name }) => name === 'run:machine').length).toBe(1)
})

test('a run that stopped draws its first cases and says how many more there are', async () => {
  const bridge = bridgeOf(manyCases('failed'))
  await openWindow({ bridge, path: '/results/many' })
  expect(await screen.findByText('20 more cases are not drawn; the report lists them.')).toBeTruthy()
  await waitFor(() => expect(bridge.asked.filter(({ name }) => name === 'run:samples').length).toBe(40))
})
