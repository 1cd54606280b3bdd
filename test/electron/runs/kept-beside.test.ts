import { expect, test } from 'vitest'
import { refuseOtherInputs, softwareNotes } from '../../../electron/runs/kept-beside.ts'
import { exampleCase, exampleRecord } from '../../fakes/example-record.ts'

const [group] = exampleRecord().groups
if (group === undefined) throw new Error('The example has a group.')
const record = {
  groups: [
    { ...group, groupKey: 'tiny-b1', inputSha256: 'a', cases: [exampleCase({ versions: { torch: '2.13.0' } })] },
    { ...group, groupKey: 'tiny-b2', inputSha256: 'b' },
  ],
}
const kept = new Set(['tiny-b1'])

test('other images than the kept groups saw are refused; what was measured again may have seen any', () => {
  const inputsOf = (sha256: string) => ({ input: { sha256 } })
  expect(() => refuseOtherInputs(record, kept, inputsOf('a'))).not.toThrow()
  expect(() => refuseOtherInputs(record, kept, inputsOf(''))).not.toThrow()
  expect(() => refuseOtherInputs(record, new Set(), inputsOf('b'))).not.toThrow()
  expect(() => refuseOtherInputs(record, kept, inputsOf('b'))).toThrow('The images are not those')
})

test('a library of another version than in a kept group is told, once', () => {
  const trial = (versions: Record<string, string>) => ({ caseKey: 'simulated-fp32', prepared: { versions } })
  expect(softwareNotes(record, kept, 'tiny-b2', [trial({ torch: '2.14.0', python: '3.12' })])).toEqual([
    'tiny-b2: measured with torch 2.14.0, where the groups kept from the earlier session had 2.13.0.',
  ])
  expect(softwareNotes(record, kept, 'tiny-b2', [trial({ torch: '2.13.0' })])).toEqual([])
})
