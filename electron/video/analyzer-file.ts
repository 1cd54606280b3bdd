// Reads analyzer.json. Reports every mistake with the file, the line and the name of the value: JSON that cannot be
// read, unknown names, invalid values. Throws only BenchError `bad-analyzer`. Knows nothing about models.
import { type AnyNode, evaluate, parse } from '@humanwhocodes/momoa'
import type { z } from 'zod'
import { type Analyzer, analyzerSchema } from '../../shared/domain/analyzer.ts'
import { BenchError } from '../../shared/domain/bench-error.ts'
import { largestBytes, readTextFile, UnsuitableFile } from '../store/regular-file.ts'

type Path = readonly PropertyKey[]

export interface AnalyzerFile {
  readonly analyzer: Analyzer
  /** An error about the value at that path, worded like every other mistake of the file. */
  mistake(path: Path, problem: string, remedy: string): BenchError
}

export async function readAnalyzer(file: string): Promise<AnalyzerFile> {
  const text = await readTextFile(file, largestBytes.typed).catch((error: Error) => {
    if (error instanceof UnsuitableFile) throw badAnalyzer(`${file} ${error.message}.`, 'Name another file.')
    throw badAnalyzer(`${file} cannot be read.`, 'Name an existing file with --config.', error.message)
  })
  const root = parsed(file, text)
  const mistake = (path: Path, problem: string, remedy: string) =>
    badAnalyzer(`${file}, line ${lineOf(root, path)}: ${nameOf(path)}${problem}.`, remedy)
  const { data, error } = analyzerSchema.safeParse(evaluate(root))
  if (data !== undefined) return { analyzer: data, mistake }
  const { path, problem } = plainIssue(error.issues[0])
  throw mistake(path, problem, 'See docs/guide/video.md for all names, or omit the value to use its default.')
}

function parsed(file: string, text: string): AnyNode {
  try {
    return parse(text.replace(/^\uFEFF/, ''), { mode: 'json' }).body
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const line = 'line' in error ? error.line : 1
    const column = 'column' in error ? `, column ${error.column}` : ''
    const remedy = 'Look there, or just before, for a missing or extra comma, quote or bracket.'
    throw badAnalyzer(`${file}, line ${line}${column}: not JSON from here on.`, remedy, error.message)
  }
}

/** Line of the value, or of its nearest existing parent. */
function lineOf(root: AnyNode, path: Path): number {
  let node: AnyNode = root
  let { line } = node.loc.start
  for (const key of path) {
    if (node.type === 'Object') {
      const member = node.members.find(({ name }) => (name.type === 'String' ? name.value : name.name) === key)
      if (member === undefined) break
      line = member.loc.start.line
      node = member.value
    } else if (node.type === 'Array' && typeof key === 'number') {
      const element = node.elements[key]
      if (element === undefined) break
      line = element.loc.start.line
      node = element.value
    } else break
  }
  return line
}

function plainIssue(issue: z.core.$ZodIssue | undefined): { readonly path: Path; readonly problem: string } {
  if (issue === undefined) return { path: [], problem: 'does not fit' }
  if (issue.code === 'unrecognized_keys')
    return { path: [...issue.path, issue.keys[0] ?? ''], problem: ' is not known' }
  const words = issue.message.replace(/^Invalid (input|option): /, '')
  return { path: issue.path, problem: issue.path.length === 0 ? words : `: ${words}` }
}

function nameOf(path: Path): string {
  return path.map(String).join('.')
}

function badAnalyzer(message: string, remedy: string, cause: string | null = null): BenchError {
  return new BenchError({ code: 'bad-analyzer', stage: 'plan', message, remedy, cause })
}
