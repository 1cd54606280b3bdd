// Python's copy of what a GPU can do: the worker refuses what its card cannot, before it loads a library.
import {
  cudaReleases,
  type GpuSpan,
  gpuFeatures,
  gpuLibraries,
  numbersOf,
  spanWords,
} from '../shared/domain/gpu-capability.ts'
import { boardCapabilities } from '../shared/domain/jetson.ts'

export const longestLine = 120

export const gpuRowsPurpose = 'What an NVIDIA GPU can do, by compute capability, and which libraries have code for it.'

export function gpuRowBlocks(): readonly string[] {
  return [
    [
      '@dataclass(frozen=True)',
      'class GpuSpan:',
      '    since: tuple[int, int]',
      '    exactly: tuple[tuple[int, int], ...]',
      '    words: str',
      '    without: tuple[tuple[int, int], ...] = ()',
      '',
      '    def holds(self, capability: tuple[int, int]) -> bool:',
      '        if capability in self.without:',
      '            return False',
      '        return capability in self.exactly or capability >= self.since',
    ].join('\n'),
    `_BOARDS = ${tuple(boardCapabilities)}`,
    dataclass('GpuFeature', ['label: str', 'gpus: GpuSpan']),
    dataclass('CudaRelease', ['gpus: GpuSpan', 'oldest_driver: int']),
    dataclass('GpuLibrary', ['label: str', 'gpus: GpuSpan', 'instead: str']),
    table('GPU_FEATURES: dict[str, GpuFeature]', gpuFeatures, ({ label, gpus }) => [
      'GpuFeature',
      `"${label}"`,
      span(gpus),
    ]),
    table(
      'CUDA_RELEASES: dict[int, CudaRelease]',
      cudaReleases,
      ({ gpus, oldestDriver }) => ['CudaRelease', span(gpus), `${oldestDriver}`],
      (major) => major,
    ),
    table('GPU_LIBRARIES: dict[str, GpuLibrary]', gpuLibraries, ({ label, gpus, instead }) => [
      'GpuLibrary',
      `"${label}"`,
      span(gpus),
      `"${instead}"`,
    ]),
  ]
}

function dataclass(name: string, fields: readonly string[]): string {
  return ['@dataclass(frozen=True)', `class ${name}:`, ...fields.map((field) => `    ${field}`)].join('\n')
}

/** @param callOf the class of a row, then its arguments. */
function table<Row>(
  head: string,
  rows: Readonly<Record<string, Row>>,
  callOf: (row: Row) => readonly [string, ...string[]],
  keyOf: (key: string) => string = (key) => `"${key}"`,
): string {
  const lines = Object.entries(rows).map(([key, row]) => {
    const [name, ...parts] = callOf(row)
    const start = `    ${keyOf(key)}: ${name}(`
    return asRuffBreaks(start, parts)
  })
  return [`${head} = {`, ...lines, '}'].join('\n')
}

function asRuffBreaks(start: string, parts: readonly string[]): string {
  const joined = parts.join(', ')
  if (start.length + joined.length + 2 <= longestLine) return `${start}${joined}),`
  const inside = joined.length + 8 <= longestLine ? [`        ${joined}`] : parts.map((part) => `        ${part},`)
  return [start, ...inside, '    ),'].join('\n')
}

function span(gpus: GpuSpan): string {
  const without = gpus.onBoards === false ? ', _BOARDS' : ''
  return `GpuSpan(${pair(gpus.since)}, ${tuple(gpus.exactly)}, "${spanWords(gpus)}"${without})`
}

function tuple(capabilities: readonly string[]): string {
  const pairs = capabilities.map(pair)
  return pairs.length === 1 ? `(${pairs[0]},)` : `(${pairs.join(', ')})`
}

function pair(capability: string): string {
  return `(${numbersOf(capability).join(', ')})`
}
