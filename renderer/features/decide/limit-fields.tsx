// The limits that are asked for: typed, or dragged along the values of the candidates.
import { useEffect, useState } from 'react'
import {
  type Demands,
  type LimitName,
  limitNames,
  limitOptions,
  parityLimitSchema,
  preferenceSchema,
} from '../../../shared/domain/decision.ts'
import { preferenceWords } from '../../../shared/report/decision-words.ts'
import { type Choice, limitValue } from '../../../shared/statistics/decide.ts'
import { Button } from '../../components/button.tsx'
import { Segments, Switch } from '../../components/form-fields.tsx'
import { changeDemands, changeLimit, clearDemands, preferFirst } from '../../state/demands.ts'

interface LimitFieldsProps {
  readonly demands: Demands
  readonly choice: Choice
}

export function LimitFields({ demands, choice }: LimitFieldsProps) {
  const { options } = choice
  const met = options.filter(({ standing }) => standing === 'met').length
  const notSure = options.filter(({ standing }) => standing === 'not-sure').length
  const removedBy = (name: string) =>
    options.filter(({ results }) => results.some((result) => result.name === name && result.standing === 'missed'))
      .length
  return (
    <section aria-label="Limits" className="limits">
      <h2>Limits</h2>
      {limitNames.map((name) => (
        <LimitField
          key={name}
          name={name}
          value={demands.limits[name] ?? null}
          values={options.flatMap(({ entry }) => limitValue(entry, name) ?? [])}
          removed={demands.limits[name] === undefined ? null : removedBy(name)}
          of={options.length}
        />
      ))}
      <div className="limit">
        <span className="strong">Parity</span>
        <Segments
          label="Parity"
          value={demands.parity}
          segments={parityLimitSchema.options.map((value) => ({ value, label: value }))}
          onChange={(parity) => changeDemands({ parity })}
        />
        <small className="quiet">
          removes {removedBy('parity')} of {options.length}
        </small>
      </div>
      <div className="limit">
        <Switch on={demands.withoutPython} onToggle={() => changeDemands({ withoutPython: !demands.withoutPython })}>
          no Python at run time
        </Switch>
      </div>
      <div className="limit">
        <span className="strong">Then prefer</span>
        <Segments
          label="Prefer"
          value={demands.prefer[0] ?? 'images-per-second'}
          segments={preferenceSchema.options.map((value) => ({ value, label: preferenceWords[value].title }))}
          onChange={preferFirst}
        />
        <small className="quiet">
          ties are broken by{' '}
          {demands.prefer
            .slice(1)
            .map((each) => preferenceWords[each].title)
            .join(', then ') || 'nothing'}
        </small>
      </div>
      <p className="limits-count" role="status">
        <b>
          {met} of {options.length}
        </b>{' '}
        surely meet every limit{notSure > 0 ? `, ${notSure} not sure` : ''}.
      </p>
      <Button kind="plain" onClick={clearDemands} shortcut="X">
        Clear
      </Button>
    </section>
  )
}

interface LimitFieldProps {
  readonly name: LimitName
  readonly value: number | null
  readonly values: readonly number[]
  readonly removed: number | null
  readonly of: number
}

function LimitField({ name, value, values, removed, of }: LimitFieldProps) {
  const { label, unit } = limitOptions[name]
  const [text, setText] = useState(value === null ? '' : String(value))
  useEffect(() => setText(value === null ? '' : String(value)), [value])
  const isGood = text === '' || Number(text) > 0
  const largest = Math.max(...values, value ?? 0) * 1.1
  const isAtLeast = name === 'imagesPerSecond'
  return (
    <div className="limit">
      <label>
        <span className="strong">{label}</span>
        <span className="limit-value">
          {isAtLeast ? '≥' : '≤'}
          <input
            className="field"
            type="number"
            inputMode="decimal"
            min={0}
            step="any"
            placeholder="none"
            aria-label={`${label}, ${isAtLeast ? 'at least' : 'at most'}, ${unit}`}
            aria-invalid={!isGood}
            value={text}
            onChange={({ target }) => {
              setText(target.value)
              if (target.value === '') changeLimit(name, null)
              else if (Number(target.value) > 0) changeLimit(name, Number(target.value))
            }}
          />
          {unit}
        </span>
      </label>
      {values.length > 0 ? (
        <div className="limit-slide">
          {values.map((each, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two candidates may have one value
            <i key={index} style={{ left: `${(each / largest) * 100}%` }} aria-hidden="true" />
          ))}
          <input
            type="range"
            min={0}
            max={largest}
            step={largest / 200}
            value={value ?? (isAtLeast ? 0 : largest)}
            aria-label={`${label}, drag`}
            onChange={({ target }) => {
              const dragged = Number(Number(target.value).toPrecision(3))
              const isOpen = isAtLeast ? dragged <= 0 : dragged >= largest * 0.995
              changeLimit(name, isOpen || dragged <= 0 ? null : dragged)
            }}
          />
        </div>
      ) : (
        <small className="faint">not measured in this run</small>
      )}
      {removed !== null && (
        <small className="quiet">
          removes {removed} of {of}
        </small>
      )}
    </div>
  )
}
