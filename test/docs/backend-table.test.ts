import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { backendIds, backendLabels } from '../../shared/domain/backend.ts'
import { backendMeasuring, measuringTable } from '../../shared/domain/backend-measuring.ts'

const guide = readFileSync(join(import.meta.dirname, '../../docs/guide/measuring.md'), 'utf8')

it('shows in the guide what the rows say', () => {
  expect(guide).toContain(`<!-- backends -->\n${measuringTable()}\n<!-- end of backends -->`)
})

it('has a row of the table for every backend, with no cell left empty', () => {
  const lines = measuringTable().split('\n').slice(2)
  expect(lines.map((line) => line.split(' | ')[0])).toEqual(backendIds.map((id) => `| **${backendLabels[id]}**`))
  expect(lines.filter((line) => line.split(' | ').some((cell) => cell.trim() === ''))).toEqual([])
  expect(Object.keys(backendMeasuring).toSorted()).toEqual(backendIds.toSorted())
})
