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
  const colour = backendColour(backend)
  const simulated = backend === 'simulated'
  const style = {
    fill: simulated || precision === 'fp32' || precision === 'tf32' ? 'var(--ground)' : colour,
    stroke: colour,
    strokeWidth: 1.5,
    strokeDasharray: simulated ? '2 1.5' : undefined,
  }
  const r = radius
  return (
    <g transform={`translate(${x} ${y})`}>
      {precision === 'fp32' && <circle r={r} style={style} />}
      {precision === 'tf32' && (
        <>
          <circle r={r} style={style} />
          <path d={`M0 ${-r}A${r} ${r} 0 0 1 0 ${r}z`} style={{ fill: simulated ? 'none' : colour }} />
        </>
      )}
      {precision === 'fp16' && <rect x={-r * 0.89} y={-r * 0.89} width={r * 1.78} height={r * 1.78} style={style} />}
      {precision === 'bf16' && <path d={`M0 ${-r * 1.2}L${r * 1.2} 0L0 ${r * 1.2}L${-r * 1.2} 0z`} style={style} />}
      {precision === 'int8' && (
        <path d={`M0 ${-r * 1.1}L${r * 1.1} ${r * 0.9}L${-r * 1.1} ${r * 0.9}z`} style={style} />
      )}
    </g>
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
