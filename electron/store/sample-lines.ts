// Reads samples/<groupKey>/<caseKey>.ndjson. A line that is not a whole block (a write cut off by a crash) is counted,
// never guessed at; whole blocks around it are kept. A missing file means that the case measured nothing.
import { readFile } from 'node:fs/promises'
import { type SampleBlock, sampleBlockSchema } from '../../shared/domain/sample-block.ts'
import { errorCode } from './write-failure.ts'

export interface SampleLines {
  readonly blocks: SampleBlock[]
  readonly tornLines: number
}

export async function readSampleLines(file: string): Promise<SampleLines> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return ''
    throw error
  })
  return parseSampleLines(text)
}

export function parseSampleLines(text: string): SampleLines {
  const blocks: SampleBlock[] = []
  let tornLines = 0
  for (const line of text.split('\n')) {
    if (line === '') continue
    const block = parseBlock(line)
    if (block === null) tornLines += 1
    else blocks.push(block)
  }
  return { blocks, tornLines }
}

function parseBlock(line: string): SampleBlock | null {
  try {
    return sampleBlockSchema.safeParse(JSON.parse(line)).data ?? null
  } catch {
    return null
  }
}
