// One of a few, side by side; the pressed one holds. Arrow keys move along it.
interface Segment<Value> {
  readonly value: Value
  readonly label: string
  readonly disabled?: boolean
  readonly title?: string
}

interface SegmentsProps<Value> {
  readonly label: string
  readonly value: Value
  readonly segments: readonly Segment<Value>[]
  readonly onChange: (value: Value) => void
}

export function Segments<Value extends string | number>({ label, value, segments, onChange }: SegmentsProps<Value>) {
  const step = (by: number) => {
    const open = segments.filter((segment) => !segment.disabled)
    const next = open[open.findIndex((segment) => segment.value === value) + by]
    if (next) onChange(next.value)
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would draw a frame of its own
    <div
      className="segments"
      role="group"
      aria-label={label}
      onKeyDown={(event) => {
        if (event.key === 'ArrowRight') step(1)
        else if (event.key === 'ArrowLeft') step(-1)
        else return
        event.preventDefault()
        event.stopPropagation()
      }}
    >
      {segments.map((segment) => (
        <button
          key={segment.value}
          type="button"
          aria-pressed={segment.value === value}
          disabled={segment.disabled}
          title={segment.title}
          onClick={() => onChange(segment.value)}
        >
          {segment.label}
        </button>
      ))}
    </div>
  )
}
