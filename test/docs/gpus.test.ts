import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  cudaReleases,
  featureRefusal,
  gpuLibraries,
  hardwareLevels,
  isInSpan,
  jetpackCapabilities,
  precisionRefusal,
} from '../../shared/domain/gpu-capability.ts'
import { boardFacts } from '../../shared/domain/jetson.ts'
import { precisionLabel, precisionSchema } from '../../shared/domain/precision.ts'
import { repositoryFolder } from '../architecture/source-tree.ts'

const guide = readFileSync(join(repositoryFolder, 'docs/guide/conversions.md'), 'utf8')
const section = guide.slice(guide.indexOf('### What works on your GPU'), guide.indexOf('### TensorRT 10 and 11'))
const rows = [...section.matchAll(/^\| ([^|]+) \| (\d+\.\d) \|.*$/gm)].map(
  ([line, name = '', capability = '']) => [line, name, capability] as const,
)
const yesOrNo = (isSo: boolean) => (isSo ? 'yes' : 'no')
const levelWords = { 'same-compute-capability': 'of its capability', 'ampere-plus': 'Ampere and newer' }

function otherGpus(hasTensorrt: boolean, card: Parameters<typeof featureRefusal>[0]): string {
  const levels = ['same-compute-capability', 'ampere-plus'] as const
  const built = hasTensorrt ? levels.filter((level) => featureRefusal(card, level) === null) : []
  return built.map((level) => levelWords[level]).join('; ') || 'none'
}

test("the guide's cards are those that users ask about", () => {
  expect(rows.map(([, name]) => name)).toEqual(
    expect.arrayContaining(['RTX 2080 Ti', 'RTX 4090', 'A100', 'Jetson AGX Orin']),
  )
})

test.each(rows)('the guide says of a card what the table of capabilities says: %s', (line, name, capability) => {
  const precisions = precisionSchema.options.filter(
    (precision) => precisionRefusal({ name, computeCapability: capability }, precision) === null,
  )
  const isJetson = jetpackCapabilities.includes(capability)
  const tensorrt = isInSpan(capability, gpuLibraries.tensorrt.gpus)
  const cells = [
    name,
    capability,
    isJetson && tensorrt ? "with JetPack's" : yesOrNo(tensorrt),
    yesOrNo(isInSpan(capability, gpuLibraries['tensorrt-rtx'].gpus)),
    yesOrNo(isInSpan(capability, cudaReleases[13].gpus)),
    precisions.map(precisionLabel).join(', '),
    otherGpus(tensorrt, { name, computeCapability: capability }),
  ]
  expect(line).toBe(`| ${cells.join(' | ')} |`)
})

test('the guide says in words of the cards that users ask about what the table of capabilities says', () => {
  const refusedOn = (computeCapability: string) =>
    [...precisionSchema.options, ...hardwareLevels].filter((each) =>
      each === 'fp32' ? false : featureRefusal({ name: '', computeCapability }, each) !== null,
    )
  expect(section).toContain(
    '- **RTX 2080 Ti**: TensorRT in FP32, FP16 and INT8. TF32, BF16, FP8 and INT4 weights are refused',
  )
  expect(refusedOn('7.5')).toEqual(['tf32', 'bf16', 'fp8', 'int4-weights', 'ampere-plus'])
  expect(section).toContain('- **RTX 4090**: everything, TensorRT-RTX included.')
  expect([refusedOn('8.9'), isInSpan('8.9', gpuLibraries['tensorrt-rtx'].gpus)]).toEqual([[], true])
  expect(section).toContain('- **A100**: everything but FP8, and TensorRT-RTX, which has no code for it.')
  expect([refusedOn('8.0'), isInSpan('8.0', gpuLibraries['tensorrt-rtx'].gpus)]).toEqual([['fp8'], false])
  expect(section).toContain('- **Jetson**: up to Orin, TensorRT comes with JetPack')
  expect([jetpackCapabilities.includes('8.7'), jetpackCapabilities.includes('11.0')]).toEqual([true, false])
})

test('the guide says what is documented of boards, each with its source', () => {
  const rows = boardFacts.map(
    ({ says, source, quotedBy }) => `| ${says} | ${source}${quotedBy === null ? '' : `, quoted by ${quotedBy}`} |`,
  )
  expect(section.split('\n').filter((line) => /^\|.*https:/.test(line))).toEqual(rows)
})

test('the guide names the drivers that the table names', () => {
  expect(section).toContain(
    `CUDA 13 needs driver ${cudaReleases[13].oldestDriver} or newer, CUDA 12 needs ${cudaReleases[12].oldestDriver}.`,
  )
})
