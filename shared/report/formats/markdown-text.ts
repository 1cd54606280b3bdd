// Pieces of Markdown that outside text cannot break out of.
import { visibleLine, visibleText } from '../../domain/visible-text.ts'
import type { Fact } from '../run-facts.ts'

export function factList(facts: readonly Fact[]): string {
  return facts.map(([name, value]) => `- ${escaped(name)}: ${escaped(value)}`).join('\n')
}

/** Escapes everything that could start a cell, a tag, a link, a heading or emphasis. */
export function escaped(text: string): string {
  return visibleLine(text.replace(/\s+/g, ' ')).replace(/[\\`*_[\]<>|#~]/g, '\\$&')
}

export function code(text: string): string {
  return `\`${visibleLine(text.replace(/[`\r\n]/g, ''))}\``
}

/** The fence is longer than any run of backticks inside. */
export function fenced(code: string): string {
  const text = visibleText(code)
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map(({ length }) => length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}sh\n${text}\n${fence}`
}

/** Cells are Markdown already; `alignments` are `---` and `---:`. */
export function tableOf(
  head: readonly string[],
  alignments: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  return [head, alignments, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}
