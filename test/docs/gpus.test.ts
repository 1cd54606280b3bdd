import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  cudaReleases,
  gpuLibraries,
  isInSpan,
  jetpackCapabilities,
  precisionRefusal,
} from '../../shared/domain/gpu-capability.ts'
import { precisionLabel, precisionSchema } from '../../shared/domain/precision.ts'
import { repositoryFolder } from '../architecture/source-tree.ts'

const guide = readFileSync(join(repositoryFolder, 'docs/guide/conversions.md'), 'utf8')
const section = guide.slice(guide.indexOf('### What works on your GPU'), guide.indexOf('### TensorRT 10 and 11'))
const rows = [...section.matchAll(/^\| ([^|]+) \| (\d+\.\d) \|.*$/gm)].map(
  ([line, name = '', capability = '']) => [line, name, capability] as const,
)
const yesOrNo = (isSo: boolean) => (isSo ? 'yes' : 'no')

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
  ]
  expect(line).toBe(`| ${cells.join(' | ')} |`)
})

test('the guide names the drivers that the table names', () => {
  expect(section).toContain(
    `CUDA 13 needs driver ${cudaReleases[13].oldestDriver} or newer, CUDA 12 needs ${cudaReleases[12].oldestDriver}.`,
  )
})
