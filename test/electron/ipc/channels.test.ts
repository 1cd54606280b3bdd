import { expect, test } from 'vitest'
import { namePattern } from '../../../electron/ipc/channels.ts'
import { events, requests } from '../../../shared/ipc/contract.ts'

test('every name of the contract gets through the preload, and what only looks like one does not', () => {
  const names = [...Object.keys(requests), ...Object.keys(events)]
  expect(names.filter((name) => !namePattern.test(name))).toEqual([])
  expect(
    ['', 'run', 'run:', 'RUN:LIST', '__proto__', 'run:list:all', 'run:list ', ':list'].filter((name) =>
      namePattern.test(name),
    ),
  ).toEqual([])
})
