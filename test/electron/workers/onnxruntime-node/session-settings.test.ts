import { expect, it } from 'vitest'
import {
  optionsSchema,
  sessionSettings,
  settingsInWords,
} from '../../../../electron/workers/onnxruntime-node/session-settings.ts'

const shipped = {
  intra_op: { allow_spinning: '1', spin_duration_us: '1000' },
  inter_op: { allow_spinning: '0' },
  'mlas.enable_gemm_fastmath_arm64_bfloat16': '0',
}

it.each([
  ['as shipped, threads spin for a limited time', {}, shipped],
  ['threads sleep if asked', { spinning: false }, { ...shipped, intra_op: { allow_spinning: '0' } }],
  ['tuned', { tuned: true }, { ...shipped, set_denormal_as_zero: '1', dynamic_block_base: '4' }],
])('sets up a session: %s', (_, options, session) => {
  expect(sessionSettings(2, optionsSchema.parse(options)).extra).toEqual({ session })
})

it('names how threads wait, and what is tuned', () => {
  const words = (options: object) => settingsInWords(2, optionsSchema.parse(options)).slice(2, -2)
  expect(words({})).toEqual(['intra-op threads: 2, inter-op threads: 1', 'spinning for at most 1000 µs without work'])
  expect(words({ spinning: false, tuned: true })).toEqual([
    'intra-op threads: 2, inter-op threads: 1',
    'spinning off',
    'tuned: denormals set to zero, work divided into blocks that shrink',
  ])
})
