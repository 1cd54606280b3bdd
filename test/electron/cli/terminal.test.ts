import fc from 'fast-check'
import { expect, test } from 'vitest'
import { textTable } from '../../../electron/cli/table.ts'
import { processTerminal } from '../../../electron/cli/terminal.ts'
import { hostileTexts, rawCharactersIn } from '../../fakes/hostile-text.ts'

function terminalOf(isTTY: boolean) {
  const written = { out: '', err: '' }
  const output = (name: keyof typeof written) => ({
    isTTY,
    columns: 200,
    write: (text: string | Uint8Array) => {
      written[name] += text
      return true
    },
  })
  return { written, terminal: processTerminal(output('out'), output('err')) }
}

test('no name reaches a terminal or a pipe as a command, in whatever is printed', () => {
  fc.assert(
    fc.property(hostileTexts, fc.boolean(), (name, isTTY) => {
      const { written, terminal } = terminalOf(isTTY)
      const table = textTable([{ title: 'Model' }, { title: 'State' }], [[name, 'completed']], {
        resultIsTerminal: false,
      })
      terminal.result(table)
      terminal.result(JSON.stringify({ name }))
      terminal.note(`${name}: completed`)
      if (!isTTY) terminal.status(name)
      expect(rawCharactersIn(written.out + written.err)).toEqual([])
      expect(table.split('\n').length).toBe(2)
    }),
  )
})

test('only the terminal itself draws: the head of a table in bold, an error in red', () => {
  const { written, terminal } = terminalOf(true)
  terminal.result(textTable([{ title: 'Model' }], [['\ufdd0CLIP\ufdd1']], { resultIsTerminal: true }))
  terminal.note('error: no', 'error')
  const isColoured = !process.env.NO_COLOR
  expect(written).toEqual({
    out: '\x1b[1mModel\x1b[22m\n\\ufdd0CLIP\\ufdd1\n',
    err: isColoured ? '\x1b[31merror: no\x1b[39m\n' : 'error: no\n',
  })
})

test('in a pipe nothing is drawn', () => {
  const { written, terminal } = terminalOf(false)
  terminal.result(textTable([{ title: 'Model' }], [['CLIP']], { resultIsTerminal: true }))
  terminal.note('error: no', 'error')
  expect(written).toEqual({ out: 'Model\nCLIP\n', err: 'error: no\n' })
})
