// One pass as Markdown: its note, its tables, and what was not measured. A simulated one says so in its title.
import type { PassSection, PassTable } from '../passes/pass-section.ts'
import { escaped, tableOf } from './markdown-text.ts'

export function passMarkdown({ title, note, tables, sentences }: PassSection, simulated: boolean): readonly string[] {
  return [
    `## ${escaped(title)}${simulated ? ', simulated' : ''}`,
    escaped(note),
    ...tables
      .filter(({ isDetail }) => isDetail === undefined)
      .flatMap((table) => [...(table.caption === '' ? [] : [`### ${escaped(table.caption)}`]), text(table)]),
    ...(sentences.length === 0 ? [] : [sentences.map((sentence) => `- ${escaped(sentence)}`).join('\n')]),
  ]
}

function text({ head, columns, rows }: PassTable): string {
  return tableOf(
    [head, ...columns.map(({ title, unit }) => (unit === '' ? title : `${title} (${unit})`))].map(escaped),
    ['---', ...columns.map(({ holds }) => (holds === 'numbers' ? '---:' : '---'))],
    rows.map(({ name, cells }) => [name, ...cells.map((cell) => cell.text)].map(escaped)),
  )
}
