// A whole number with its unit. What is typed counts when it is in range; until then the last good one stands.
import { useEffect, useState } from 'react'

interface NumberFieldProps {
  readonly label: string
  readonly unit: string
  readonly value: number
  readonly min: number
  readonly max: number
  readonly step?: number
  readonly onChange: (value: number) => void
}

export function NumberField({ label, unit, value, min, max, step = 1, onChange }: NumberFieldProps) {
  const [text, setText] = useState(String(value))
  useEffect(() => setText(String(value)), [value])
  const typed = Number(text)
  const good = Number.isInteger(typed) && typed >= min && typed <= max && typed % step === 0
  return (
    <label className="number-field small">
      <span className="faint">{label}</span>
      <input
        className="field"
        type="number"
        inputMode="numeric"
        aria-label={`${label} ${unit}`.trim()}
        aria-invalid={!good}
        value={text}
        min={min}
        max={max}
        step={step}
        onChange={({ target }) => {
          setText(target.value)
          const next = Number(target.value)
          if (target.value !== '' && Number.isInteger(next) && next >= min && next <= max && next % step === 0)
            onChange(next)
        }}
        onBlur={() => setText(String(value))}
      />
      <span className="faint">{unit}</span>
    </label>
  )
}
