import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { exitCodes } from '../../../electron/cli/exit-code.ts'
import { runOfCases } from '../../fakes/compared-runs.ts'
import { temporaryFolder } from '../../fakes/temporary-folder.ts'
import { carriedOut, faultsOf } from '../../fakes/typed-command.ts'

const folder = temporaryFolder()
const run = join(folder, 'clip')

beforeAll(async () => {
  const record = runOfCases([
    { caseKey: 'torch-eager-fp32', p50Ms: 40, p99Ms: 44, memoryMib: 980 },
    { caseKey: 'onnxruntime-fp32', p50Ms: 20, p99Ms: 22 },
  ])
  await mkdir(run)
  await writeFile(join(run, 'run.json'), JSON.stringify(record))
})

test('one recommendation, why, what would change it, and every candidate with what stands against it', async () => {
  const { code, results } = carriedOut(`decide ${run} --p99-ms 30`, {})
  expect(await code).toBe(exitCodes.done)
  expect(results.join('\n').split('\n')).toEqual([
    'ONNX Runtime FP32, batch 1: 50.0 images/s (49.5 – 50.5)',
    '',
    'It is the only one of 2 candidates that surely meets every limit.',
    '',
    'What would change this:',
    '  p99 latency below 22.2 ms: nothing is left',
    '  Without its backend: nothing is left',
    '',
    expect.stringMatching(
      /^CLIP ViT-B\/32 vision encoder +p50 ms +p99 ms +images\/s +process memory \(RSS\) MiB +J\/image +parity +limits$/,
    ),
    expect.stringMatching(
      /^PyTorch eager FP32, batch 1 +40\.0 +44\.0 +25\.0 +980 +– +✓ pass +✕ p99 latency 44\.0 ms \(43\.6 – 44\.4\) is over 30\.0 ms by 14\.0 ms$/,
    ),
    expect.stringMatching(/^→ ONNX Runtime FP32, batch 1 +20\.0 .* ✓ meets every limit$/),
  ])
})

test.each([
  ['--p99-ms 30', exitCodes.done, 'onnxruntime-fp32'],
  ['--p99-ms 22', exitCodes.cannotTell, null],
  ['--p99-ms 10', exitCodes.beyondLimit, null],
])('%s ends with %i', async (words, code, caseKey) => {
  const carried = carriedOut(`decide ${run} ${words} --json`, {})
  expect(await carried.code).toBe(code)
  expect(JSON.parse(carried.results[0] ?? '').recommended?.caseKey ?? null).toBe(caseKey)
})

test('wrong limits and preferences are refused together', () => {
  expect(faultsOf('decide --p99-ms 0 --prefer speed --parity maybe')).toEqual([
    'decide needs <run>. Write: enginebench decide <run>',
    '--p99-ms cannot be "0". Give a number above 0.',
    '--parity cannot be "maybe". Choose pass, warn or any.',
    '--prefer cannot be "speed". Choose images-per-second, p50, p99, memory or energy.',
  ])
})
