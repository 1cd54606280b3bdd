import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { limitsPage, memoryShares } from '../../shared/worker-protocol/limits.ts'
import { requests } from '../../shared/worker-protocol/requests.ts'

const file = join(import.meta.dirname, '../../docs/reference/limits.md')

test('every stage that a worker carries out has a limit of memory, and each of its requests limits of time', () => {
  const unlimited = Object.entries(requests).filter(
    ([, { stage, silenceMs, stuckMs }]) => memoryShares[stage] === null || !(silenceMs > 0) || !(stuckMs > 0),
  )
  expect(unlimited).toEqual([])
})

test('the page of limits is what their table says; if not, run `npm run generate`', () => {
  expect(readFileSync(file, 'utf8')).toBe(limitsPage())
})
