// The sign of a step in a track: done, busy, waiting, failed, stopped, or the shape of its precision.
import { type Precision, precisionSchema } from '../../shared/domain/precision.ts'
import { PrecisionShape } from './backend-mark.tsx'

export type StepSignName = 'done' | 'busy' | 'waiting' | 'failed' | 'stopped' | Precision

export function StepSign({ sign }: { readonly sign: StepSignName }) {
  return (
    <svg width="14" height="14" viewBox="-7 -7 14 14" className="step-sign" aria-hidden="true">
      <SignShape sign={sign} />
    </svg>
  )
}

function SignShape({ sign }: { readonly sign: StepSignName }) {
  const precision = precisionSchema.safeParse(sign)
  if (precision.success) return <PrecisionShape precision={precision.data} colour="var(--ink-2)" radius={4.2} />
  if (sign === 'done') {
    return (
      <>
        <circle r="4.5" style={{ fill: 'var(--ink-2)' }} />
        <path
          d="M-2.2 .2l1.600 1.600l2.800-3.200"
          style={{ fill: 'none', stroke: 'var(--ground)', strokeWidth: 1.3 }}
        />
      </>
    )
  }
  if (sign === 'failed') {
    return (
      <>
        <circle r="5.5" style={{ fill: 'var(--fail)' }} />
        <path d="M-2 -2l4 4M2 -2l-4 4" style={{ stroke: 'var(--ground)', strokeWidth: 1.4 }} />
      </>
    )
  }
  if (sign === 'busy') {
    return (
      <>
        <circle r="5" style={{ fill: 'none', stroke: 'var(--line-strong)', strokeWidth: 2 }} />
        <path d="M0 -5A5 5 0 0 1 2.900 4.050" style={{ fill: 'none', stroke: 'var(--ink)', strokeWidth: 2 }} />
      </>
    )
  }
  if (sign === 'stopped') {
    return (
      <>
        <circle r="4.5" style={{ fill: 'none', stroke: 'var(--ink-3)', strokeWidth: 1.2 }} />
        <path d="M-2.200 0h4.400" style={{ stroke: 'var(--ink-3)', strokeWidth: 1.3 }} />
      </>
    )
  }
  return (
    <circle r="4.5" style={{ fill: 'none', stroke: 'var(--line-strong)', strokeWidth: 1.2, strokeDasharray: '2 2' }} />
  )
}
