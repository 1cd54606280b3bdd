// What must be known before a figure is believed, in words; `warn` and `fail` add their glyph.
import type { Badge as BadgeName } from '../../shared/domain/run.ts'
import { badgeWords } from '../../shared/report/badge-words.ts'
import { Glyph } from './glyph.tsx'

export type BadgeTone = 'plain' | 'warn' | 'fail' | 'simulated'

interface BadgeProps {
  readonly tone?: BadgeTone
  /** Shown when pointed at. */
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
