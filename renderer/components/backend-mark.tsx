// A backend is a colour, a precision a shape: FP32 ring, TF32 half ring, FP16 square, BF16 diamond, INT8 triangle,
// FP8 triangle upside down, INT4 weights pentagon. Simulated marks are a dashed outline. Drawn around (0, 0) so that charts can place it.
import { type BackendId, backendRows } from '../../shared/domain/backend.ts'
import { type Precision, precisionSchema } from '../../shared/domain/precision.ts'

export function backendColour(backend: BackendId): string {
  return `var(--b-${backend})`
}

interface MarkProps {
  readonly backend: BackendId
  readonly precision: Precision
  readonly x?: number
  readonly y?: number
  readonly radius?: number
}

export function MarkShape({ backend, precision, x = 0, y = 0, radius = 4.5 }: MarkProps) {
  return (
    <g transform={`translate(${x} ${y})`}>
      <PrecisionShape
        precision={precision}
        colour={backendColour(backend)}
        radius={radius}
        dashed={backendRows[backend].marker === 'dashed'}
      />
    </g>
  )
}

interface PrecisionShapeProps {
  readonly precision: Precision
  readonly colour: string
  readonly radius: number
  /** An outline, for a case that was not measured. */
  readonly dashed?: boolean
}

function PrecisionShape({ precision, colour, radius: r, dashed = false }: PrecisionShapeProps) {
  const style = {
    fill: dashed || precision === 'fp32' || precision === 'tf32' ? 'var(--ground)' : colour,
    stroke: colour,
    strokeWidth: 1.5,
    strokeDasharray: dashed ? '2 1.5' : undefined,
  }
  if (precision === 'fp32') return <circle r={r} style={style} />
  if (precision === 'fp16') {
    return <rect x={-r * 0.89} y={-r * 0.89} width={r * 1.78} height={r * 1.78} style={style} />
  }
  if (precision === 'bf16') return <path d={`M0 ${-r * 1.2}L${r * 1.2} 0L0 ${r * 1.2}L${-r * 1.2} 0z`} style={style} />
  if (precision === 'int8') {
    return <path d={`M0 ${-r * 1.1}L${r * 1.1} ${r * 0.9}L${-r * 1.1} ${r * 0.9}z`} style={style} />
  }
  if (precision === 'fp8') {
    return <path d={`M0 ${r * 1.1}L${r * 1.1} ${-r * 0.9}L${-r * 1.1} ${-r * 0.9}z`} style={style} />
  }
  if (precision === 'int4-weights') {
    const corners = `M0 ${-r * 1.1}L${r * 1.1} ${-r * 0.27}L${r * 0.67} ${r}L${-r * 0.67} ${r}L${-r * 1.1} ${-r * 0.27}z`
    return <path d={corners} style={style} />
  }
  return (
    <>
      <circle r={r} style={style} />
      <path d={`M0 ${-r}A${r} ${r} 0 0 1 0 ${r}z`} style={{ fill: dashed ? 'none' : colour }} />
    </>
  )
}

export function Mark(props: Omit<MarkProps, 'x' | 'y'>) {
  return (
    <svg width="14" height="14" viewBox="-7 -7 14 14" className="glyph" aria-hidden="true">
      <MarkShape {...props} />
    </svg>
  )
}

export function Swatch({ backend }: { readonly backend: BackendId }) {
  const dashed = backendRows[backend].marker === 'dashed'
  return (
    <span
      className={dashed ? 'swatch dashed' : 'swatch'}
      style={dashed ? undefined : { background: backendColour(backend) }}
    />
  )
}

/** The mark of a step in a track: done, busy, waiting, failed, stopped, or the shape of its precision. */
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
