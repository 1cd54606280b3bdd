import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { knownLatencies } from '../../../electron/store/run-catalog.ts'
import { measured } from '../../../shared/domain/figure.ts'
import type { RunRecord } from '../../../shared/domain/run.ts'
import { exampleCase, exampleRecord } from '../../fakes/example-record.ts'
import { temporaryFolder } from '../../fakes/temporary-folder.ts'

const root = temporaryFolder()

async function write(name: string, p50: number, changes: Partial<RunRecord> = {}): Promise<void> {
  const record = exampleRecord({ simulated: false, ...changes })
  const [group] = record.groups
  if (group === undefined) throw new Error('The example has a group.')
  const none = exampleCase().latencyMs
  const entry = exampleCase({ caseKey: 'onnxruntime-fp32', latencyMs: { ...none, p50: measured(p50) } })
  await mkdir(join(root, name))
  await writeFile(join(root, name, 'run.json'), JSON.stringify({ ...record, groups: [{ ...group, cases: [entry] }] }))
}

test('the latest real run of the model tells; others, simulated and unreadable ones do not', async () => {
  await write('20260101-000000-digits-aaaa', 1)
  await write('20260102-000000-digits-aaaa', 2)
  await write('20260103-000000-digits-aaaa', 3, { simulated: true })
  await write('20260104-000000-other-aaaa', 4)
  await mkdir(join(root, '20260105-000000-digits-aaaa'))
  const known = await knownLatencies(root, 'digits')
  expect(known('digits-b1', 'onnxruntime-fp32')).toBe(2)
  expect(known('digits-b8', 'onnxruntime-fp32')).toBe(null)
})

test('with no runs nothing is known', async () => {
  const known = await knownLatencies(join(root, 'missing'), 'digits')
  expect(known('digits-b1', 'onnxruntime-fp32')).toBe(null)
})
