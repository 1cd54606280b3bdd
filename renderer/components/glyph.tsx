// Small signs next to words: glyphs, badges, verdicts.

import type { ParityVerdict } from '../../shared/domain/parity.ts'
import type { Badge as BadgeName, RunState } from '../../shared/domain/run.ts'
import { badgeWords } from '../../shared/report/case-words.ts'

/** The glyphs next to words: drawn, so that they look the same in every font. */
export type GlyphName = 'pass' | 'warn' | 'fail' | 'none' | 'waiting' | 'running' | 'done' | 'stopped'

const shapes: Readonly<Record<GlyphName, React.ReactNode>> = {
  pass: <path d="M1.5 5.5l2.5 2.500L8.5 2.500" fill="none" stroke="currentColor" strokeWidth="1.4" />,
  warn: <path d="M5 1L9.500 9H.5z" fill="currentColor" />,
  fail: <path d="M1.500 1.500l7 7M8.500 1.500l-7 7" fill="none" stroke="currentColor" strokeWidth="1.4" />,
  none: <path d="M2 5h6" fill="none" stroke="currentColor" strokeWidth="1.2" />,
  waiting: <circle cx="5" cy="5" r="3.500" fill="none" stroke="currentColor" strokeWidth="1.200" />,
  running: (
    <>
      <circle cx="5" cy="5" r="3.500" fill="none" stroke="currentColor" strokeWidth="1.200" />
      <path d="M5 5V1.500A3.500 3.500 0 0 1 8.500 5z" fill="currentColor" />
    </>
  ),
  done: <circle cx="5" cy="5" r="2.400" fill="currentColor" />,
  stopped: (
    <>
      <circle cx="5" cy="5" r="2.400" fill="none" stroke="currentColor" strokeWidth="1.100" />
      <path d="M5 2.600A2.400 2.400 0 0 0 5 7.400z" fill="currentColor" />
    </>
  ),
}

export function Glyph({ name, size = 10 }: { readonly name: GlyphName; readonly size?: number }) {
  return (
    <svg className="glyph" width={size} height={size} viewBox="0 0 10 10" aria-hidden="true">
      {shapes[name]}
    </svg>
  )
}

/** The state of a run, in lists. */
export function runGlyph(state: RunState): GlyphName {
  if (state === 'completed') return 'done'
  if (state === 'running' || state === 'queued') return 'running'
  return state === 'cancelled' ? 'stopped' : 'fail'
}

/** What a reader must know before trusting a figure, in words; `warn` and `fail` add their glyph. */
type BadgeTone = 'plain' | 'warn' | 'fail' | 'simulated'

interface BadgeProps {
  readonly tone?: BadgeTone
  /** Tooltip. */
  readonly title?: string
  readonly children: React.ReactNode
}

export function Badge({ tone = 'plain', title, children }: BadgeProps) {
  return (
    <span className={tone === 'plain' ? 'badge' : `badge ${tone}`} title={title}>
      {tone === 'warn' && <Glyph name="warn" size={8} />}
      {tone === 'fail' && <Glyph name="fail" size={8} />}
      {children}
    </span>
  )
}

const tones: Readonly<Record<BadgeName, BadgeTone>> = {
  noisy: 'warn',
  throttled: 'warn',
  'no-steady-state': 'warn',
  'seeded-weights': 'plain',
  simulated: 'simulated',
  partial: 'warn',
  'few-samples': 'warn',
}

export function RecordBadge({ badge }: { readonly badge: BadgeName }) {
  return <Badge tone={tones[badge]}>{badgeWords[badge]}</Badge>
}

const looks: Readonly<Record<ParityVerdict, { glyph: GlyphName; className: string; word: string }>> = {
  pass: { glyph: 'pass', className: 'pass', word: 'pass' },
  warn: { glyph: 'warn', className: 'warn', word: 'warn' },
  fail: { glyph: 'fail', className: 'fail', word: 'fail' },
  'not-judged': { glyph: 'none', className: 'quiet', word: 'not judged' },
}

/** A verdict is a glyph and a word in the verdict's colour; colour is never the only sign. */
export function Verdict({ verdict }: { readonly verdict: ParityVerdict }) {
  const { glyph, className, word } = looks[verdict]
  return (
    <span className={`verdict ${className}`}>
      <Glyph name={glyph} /> {word}
    </span>
  )
}
