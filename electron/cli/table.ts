// A table for people. In a pipe it is plain columns without rules; machines take --json.
import Table from 'cli-table3'
import { visibleLine } from '../../shared/domain/visible-text.ts'
import { emphasized, type Terminal } from './terminal.ts'

const noRules = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
} as const

export interface Column {
  readonly title: string
  readonly align?: 'left' | 'right'
}

export function textTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  { resultIsTerminal }: Pick<Terminal, 'resultIsTerminal'>,
): string {
  const table = new Table({
    head: columns.map(({ title }) => title),
    colAligns: columns.map(({ align }) => align ?? 'left'),
    chars: noRules,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  })
  for (const row of rows) table.push(row.map(visibleLine))
  const [head = '', ...lines] = table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
  return [resultIsTerminal ? emphasized(head) : head, ...lines].join('\n')
}
