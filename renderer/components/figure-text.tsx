// A figure as text; one that was not measured is a dash that says why when asked.
import type { Figure } from '../../shared/domain/figure.ts'

interface FigureTextProps {
  readonly figure: Figure
  readonly format: (value: number) => string
}

export function FigureText({ figure, format }: FigureTextProps) {
  if (figure.value !== null) return <>{format(figure.value)}</>
  return (
    <span className="faint" title={figure.reason}>
      –<span className="visually-hidden"> not measured: {figure.reason}</span>
    </span>
  )
}
