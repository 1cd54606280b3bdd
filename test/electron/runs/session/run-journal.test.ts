import { expect, test } from 'vitest'
import { RunJournal } from '../../../../electron/runs/session/run-journal.ts'
import type { RunEvent } from '../../../../shared/domain/run-event.ts'
import { exampleBlock } from '../../../fakes/example-record.ts'

const blockEvent = (latenciesMs: number[]): RunEvent => ({
  ...{ kind: 'block', groupKey: 'digits-b1', caseKey: 'simulated-fp32' },
  block: exampleBlock({ leadSamples: 3, latenciesMs }),
})

test('of a large block it keeps what a lane shows: lead samples, the fastest, the slowest, the rest at even distances', () => {
  const journal = new RunJournal()
  journal.begin('a')
  const latenciesMs = Array.from({ length: 5000 }, (_, index) => 1 + (index % 7) / 100)
  latenciesMs[1234] = 0.5
  latenciesMs[4321] = 9
  journal.note('a', blockEvent(latenciesMs))
  const [event] = journal.current()?.events ?? []
  if (event?.kind !== 'block') throw new Error('no block was kept')
  const kept = event.block.latenciesMs
  expect(kept.length).toBeLessThanOrEqual(46)
  expect(kept.length).toBeGreaterThan(40)
  expect(kept.slice(0, 3)).toEqual(latenciesMs.slice(0, 3))
  expect([Math.min(...kept), Math.max(...kept)]).toEqual([0.5, 9])
})

test('small blocks and other events are kept as they are, of the run going on alone', () => {
  const journal = new RunJournal()
  journal.note('a', blockEvent([1, 2, 3]))
  expect(journal.current()).toBeNull()
  journal.begin('b')
  const small = blockEvent([1, 2, 3, 4])
  journal.note('b', small)
  journal.note('a', blockEvent([5]))
  expect(journal.current()).toEqual({ runId: 'b', events: [small] })
  journal.end('b')
  expect(journal.current()).toBeNull()
})
