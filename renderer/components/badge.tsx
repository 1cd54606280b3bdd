// What must be known before a figure is believed, in words; `warn` and `fail` add their glyph.
import type { Badge as BadgeName } from '../../shared/domain/run.ts'
import { Glyph } from './glyph.tsx'

export type BadgeTone = 'plain' | 'warn' | 'fail' | 'simulated'

export function Badge({ tone = 'plain', children }: { readonly tone?: BadgeTone; readonly children: React.ReactNode }) {
  return (
    <span className={tone === 'plain' ? 'badge' : `badge ${tone}`}>
      {tone === 'warn' && <Glyph name="warn" size={8} />}
      {tone === 'fail' && <Glyph name="fail" size={8} />}
      {children}
    </span>
  )
}

const records: Readonly<Record<BadgeName, { tone: BadgeTone; words: string }>> = {
  noisy: { tone: 'warn', words: 'noisy' },
  throttled: { tone: 'warn', words: 'throttled blocks, kept' },
  'no-steady-state': { tone: 'warn', words: 'no steady state' },
  'seeded-weights': { tone: 'plain', words: 'seeded weights: timing valid, predictions not' },
  simulated: { tone: 'simulated', words: 'simulated' },
  partial: { tone: 'warn', words: 'partial' },
  'few-samples': { tone: 'warn', words: 'few samples' },
}

export function RecordBadge({ badge }: { readonly badge: BadgeName }) {
  const { tone, words } = records[badge]
  return <Badge tone={tone}>{words}</Badge>
}
