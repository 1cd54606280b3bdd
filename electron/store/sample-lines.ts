// Reads samples/<groupKey>/<caseKey>.ndjson, and joins the flags that were judged later to the blocks. A line that is not a whole block (a write cut off by a crash) is counted,
// never guessed at; whole blocks around it are kept. A missing file means that the case measured nothing.
import { readFile } from 'node:fs/promises'
import {
  type BlockFlags,
  blockFlagsSchema,
  type SampleBlock,
  sampleBlockSchema,
} from '../../shared/domain/sample-block.ts'
import { joinFlags } from '../../shared/sampling/with-flags.ts'
import { flagsFile, samplesFile } from './run-layout.ts'
import { errorCode } from './write-failure.ts'

export interface SampleLines {
  readonly blocks: SampleBlock[]
  readonly tornLines: number
}

export async function readSampleLines(runFolder: string, groupKey: string, caseKey: string): Promise<SampleLines> {
  const { blocks, tornLines } = parseSampleLines(await textOf(samplesFile(runFolder, groupKey, caseKey)))
  const judged = await textOf(flagsFile(runFolder, groupKey, caseKey))
  return { blocks: joinFlags(blocks, parseFlagLines(judged)), tornLines }
}

async function textOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return ''
    throw error
  })
}

function parseFlagLines(text: string): BlockFlags[] {
  return text.split('\n').flatMap((line) => {
    try {
      return blockFlagsSchema.safeParse(JSON.parse(line)).data ?? []
    } catch {
      return []
    }
  })
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
