// What each query is fed, for a model whose inputs are listed: shape and source of values of every input, in the words of
// the command line. A text that cannot be read changes nothing and says how to write it. Beside it, what was assumed.
import { useState } from 'react'
import { inputsOf, type ModelManifest } from '../../../shared/domain/model.ts'
import type { Plan } from '../../../shared/domain/plan.ts'
import { assumedSentences, type ShapedInput, shapedInputs } from '../../../shared/planning/input-shapes.ts'
import { inputValuesText, type Parsed, parseInputValues, parseShapes } from '../../../shared/planning/input-words.ts'
import { ChoiceRow } from '../../components/form-fields.tsx'
import { changePlan } from '../../state/plan-draft.ts'

interface InputChoiceProps {
  readonly plan: Plan
  readonly manifest: ModelManifest
}

export function takesPictures(plan: Plan, manifest: ModelManifest | null): boolean {
  return manifest === null || shapedInputs(plan, manifest, 1).some(({ values }) => values.kind === 'images')
}

export function InputChoice({ plan, manifest }: InputChoiceProps) {
  const assumptions = assumedSentences(plan, manifest)
  if (manifest.inputs === undefined && assumptions.length === 0) return null
  return (
    <ChoiceRow title="Inputs" note="every candidate is fed the same values">
      {manifest.inputs && (
        <table className="inputs">
          <thead>
            <tr>
              <th scope="col">Input</th>
              <th scope="col">Type</th>
              <th scope="col">Shape of one query</th>
              <th scope="col">Values</th>
            </tr>
          </thead>
          <tbody>
            {shapedInputs(plan, manifest, 1).map((input) => (
              <InputRow key={input.name} plan={plan} input={input} isOpen={isOpen(manifest, input.name)} />
            ))}
          </tbody>
        </table>
      )}
      {assumptions.length > 0 && (
        <ul className="small faint">
          {assumptions.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      )}
    </ChoiceRow>
  )
}

/** Whether a size of it can be chosen, the batch aside. */
function isOpen(manifest: ModelManifest, name: string): boolean {
  const input = inputsOf(manifest).find((each) => each.name === name)
  return input?.dimensions.some((size, axis) => typeof size === 'string' && axis !== input.batchAxis) ?? false
}

interface InputRowProps {
  readonly plan: Plan
  readonly input: ShapedInput
  readonly isOpen: boolean
}

function InputRow({ plan, input, isOpen }: InputRowProps) {
  const { name, type, shape, values } = input
  const shapeText = shape.join('x') || 'one number'
  return (
    <tr>
      <th scope="row" className="mono">
        {name}
      </th>
      <td className="mono">{type}</td>
      <td>
        {isOpen ? (
          <InputText
            label={`Shape of ${name}`}
            text={shapeText}
            parse={(text) => parseShapes(`${name}:${text}`)}
            onChange={(shapes) => changePlan({ shapes: { ...plan.shapes, ...shapes } })}
          />
        ) : (
          <span className="mono">{shapeText}</span>
        )}
      </td>
      <td>
        <InputText
          label={`Values of ${name}`}
          text={inputValuesText({ [name]: values }).slice(name.length + 1)}
          parse={(text) => parseInputValues(`${name}:${text}`)}
          onChange={(chosen) => changePlan({ inputValues: { ...plan.inputValues, ...chosen } })}
        />
      </td>
    </tr>
  )
}

interface InputTextProps<Value> {
  readonly label: string
  readonly text: string
  readonly parse: (text: string) => Parsed<Value>
  readonly onChange: (value: Value) => void
}

/** Takes effect when the field is left, or on Enter. */
function InputText<Value>({ label, text, parse, onChange }: InputTextProps<Value>) {
  const [typed, setTyped] = useState<string | null>(null)
  const [fault, setFault] = useState<string | null>(null)
  const take = () => {
    if (typed === null) return
    const parsed = parse(typed.trim())
    setFault('fault' in parsed ? parsed.fault : null)
    if ('fault' in parsed) return
    setTyped(null)
    onChange(parsed.value)
  }
  return (
    <>
      <input
        className="field mono"
        aria-label={label}
        aria-invalid={fault !== null}
        value={typed ?? text}
        onChange={({ target }) => setTyped(target.value)}
        onBlur={take}
        onKeyDown={({ key }) => key === 'Enter' && take()}
      />
      {fault !== null && (
        <span className="small" role="alert">
          {fault}
        </span>
      )}
    </>
  )
}
