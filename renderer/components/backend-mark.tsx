// A backend is a colour, a precision a shape: FP32 ring, TF32 half ring, FP16 square, BF16 diamond, INT8 triangle.
// Simulated marks are a dashed outline. Drawn around (0, 0) so that charts can place it.
import type { BackendId } from '../../shared/domain/backend.ts'
import type { Precision } from '../../shared/domain/precision.ts'

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
        dashed={backend === 'simulated'}
      />
    </g>
  )
}

interface PrecisionShapeProps {
  readonly precision: Precision
  readonly colour: string
  readonly radius: number
  /** An outline, for what was not measured. */
  readonly dashed?: boolean
}

export function PrecisionShape({ precision, colour, radius: r, dashed = false }: PrecisionShapeProps) {
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
  const simulated = backend === 'simulated'
  return (
    <span
      className={simulated ? 'swatch dashed' : 'swatch'}
      style={simulated ? undefined : { background: backendColour(backend) }}
    />
  )
}
