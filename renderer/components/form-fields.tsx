// Form controls: a labelled row, segments, a number with its unit, a switch.
import { useEffect, useState } from 'react'
import { numberRange, type Option, toRecordUnit, toUserUnit } from '../../shared/domain/option.ts'

interface ChoiceRowProps {
  readonly title: string
  readonly note?: string
  /** The control that the title labels, if there is one. */
  readonly forId?: string
  readonly children: React.ReactNode
}

/** One row of a form: its title and its controls. */
export function ChoiceRow({ title, note, forId, children }: ChoiceRowProps) {
  return (
    <div className="choice-row">
      <div>
        {forId ? (
          <label htmlFor={forId} className="strong">
            {title}
          </label>
        ) : (
          <span className="strong">{title}</span>
        )}
        {note && <small className="faint">{note}</small>}
      </div>
      <div className="choices">{children}</div>
    </div>
  )
}

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

/** One of a few options, side by side; the pressed one is selected. Arrow keys move the selection. */
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

interface NumberFieldProps {
  readonly label: string
  readonly unit: string
  readonly value: number
  readonly min: number
  readonly max: number
  readonly step?: number
  readonly isWhole?: boolean
  readonly onChange: (value: number) => void
}

/** A number with its unit. Typed text takes effect once it is in range; until then the last valid value stays. */
export function NumberField({ label, unit, value, min, max, step = 1, isWhole = true, onChange }: NumberFieldProps) {
  const [text, setText] = useState(String(value))
  useEffect(() => setText(String(value)), [value])
  const isGood = (typed: number) =>
    typed >= min && typed <= max && (!isWhole || (Number.isInteger(typed) && typed % step === 0))
  return (
    <label className="number-field small">
      <span className="faint">{label}</span>
      <input
        className="field"
        type="number"
        inputMode={isWhole ? 'numeric' : 'decimal'}
        aria-label={`${label} ${unit}`.trim()}
        aria-invalid={!isGood(Number(text))}
        value={text}
        min={min}
        max={max}
        step={isWhole ? step : 'any'}
        onChange={({ target }) => {
          setText(target.value)
          if (target.value !== '' && isGood(Number(target.value))) onChange(Number(target.value))
        }}
        onBlur={() => setText(String(value))}
      />
      <span className="faint">{unit}</span>
    </label>
  )
}

interface OptionFieldProps {
  readonly option: Option
  /** In the record's unit. */
  readonly value: number
  readonly onChange: (value: number) => void
}

/** The field of a declared option, in the user's unit. */
export function OptionField({ option, value, onChange }: OptionFieldProps) {
  const range = numberRange(option)
  return (
    <NumberField
      label={option.label ?? option.flag}
      unit={option.unit ?? ''}
      value={toUserUnit(option, value)}
      min={range?.minimum ?? Number.NEGATIVE_INFINITY}
      max={range?.maximum ?? Number.POSITIVE_INFINITY}
      isWhole={range?.isWhole ?? false}
      onChange={(typed) => onChange(toRecordUnit(option, typed))}
    />
  )
}

interface SwitchProps {
  readonly on: boolean
  readonly disabled?: boolean
  readonly title?: string | undefined
  readonly onToggle: () => void
  readonly children: React.ReactNode
}

/** On or off, with words; pressed is on. */
export function Switch({ on, disabled = false, title, onToggle, children }: SwitchProps) {
  return (
    <button
      type="button"
      role="switch"
      aria-checked={on}
      className="switch"
      disabled={disabled}
      title={title}
      onClick={onToggle}
    >
      <i aria-hidden="true" />
      {children}
    </button>
  )
}
