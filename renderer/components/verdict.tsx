// A verdict is a glyph and a word, in the verdict's colour; never the colour alone.
import type { ParityVerdict } from '../../shared/domain/parity.ts'
import { Glyph, type GlyphName } from './glyph.tsx'

const looks: Readonly<Record<ParityVerdict, { glyph: GlyphName; className: string; word: string }>> = {
  pass: { glyph: 'pass', className: 'pass', word: 'pass' },
  warn: { glyph: 'warn', className: 'warn', word: 'warn' },
  fail: { glyph: 'fail', className: 'fail', word: 'fail' },
  'not-judged': { glyph: 'none', className: 'quiet', word: 'not judged' },
}

export function Verdict({ verdict }: { readonly verdict: ParityVerdict }) {
  const { glyph, className, word } = looks[verdict]
  return (
    <span className={`verdict ${className}`}>
      <Glyph name={glyph} /> {word}
    </span>
  )
}
