import { expect, test } from 'vitest'
import { otherMachine } from '../../../../renderer/features/results/results-head.tsx'
import { exampleMachine } from '../../example-answers.ts'

const gpu = { name: 'Example GPU', memoryBytes: null, driver: '580.10' }

test('a run from another processor or with another GPU names both, and one from here names none', () => {
  expect([
    otherMachine(exampleMachine, exampleMachine),
    otherMachine(exampleMachine, { ...exampleMachine, kernel: '6.9', cpuGovernor: 'powersave' }),
    otherMachine(exampleMachine, { ...exampleMachine, gpus: [gpu] }),
    otherMachine(exampleMachine, { ...exampleMachine, cpuModel: 'Another CPU' }),
  ]).toEqual([null, null, 'Example GPU, Example CPU 8-Core', 'Another CPU'])
})
