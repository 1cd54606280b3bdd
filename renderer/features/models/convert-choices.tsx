// The choices of the Convert form.

import { type ConversionTarget, conversionTargetSchema, rowOfTarget } from '../../../shared/domain/artifact-kind.ts'
import { type BackendStatus, builderOf } from '../../../shared/domain/backend.ts'
import { type ModelManifest, opsets } from '../../../shared/domain/model.ts'
import { precisionLabel } from '../../../shared/domain/precision.ts'
import type { OptimizationRange, Recipe } from '../../../shared/domain/recipe.ts'
import { oldestOpset } from '../../../shared/planning/recipe.ts'
import { Button } from '../../components/button.tsx'
import { ChoiceRow, NumberField, Segments } from '../../components/form-fields.tsx'
import { builderName } from '../../format/artifact.ts'
import { precisionsOf } from './row-actions.ts'

interface TargetChoiceProps {
  readonly recipe: Recipe
  readonly backends: readonly BackendStatus[]
  readonly onChange: (change: Partial<Recipe>) => void
}

/**
 * The target and the precision. A target that cannot be built here is still listed with the reason: its ONNX steps can
 * run.
 */
export function TargetChoice({ recipe, backends, onChange }: TargetChoiceProps) {
  const offered = precisionsOf(recipe.to, backends)
  const choose = (to: ConversionTarget) => {
    const precisions = precisionsOf(to, backends)
    const precision = precisions.includes(recipe.precision) ? recipe.precision : (precisions[0] ?? 'fp32')
    onChange({ to, precision })
  }
  return (
    <>
      <ChoiceRow title="Target">
        <div className="targets" role="radiogroup" aria-label="Target">
          {conversionTargetSchema.options.map((to) => {
            const obstacle = targetObstacle(to, backends)
            return (
              <label key={to} className="target small">
                <input type="radio" name="target" checked={recipe.to === to} onChange={() => choose(to)} />
                <span>
                  {rowOfTarget(to).label}
                  {obstacle === null && to !== 'onnx' && builderName(to, backends) !== rowOfTarget(to).label && (
                    <small className="faint">
                      <span className="visually-hidden">, built by </span>
                      {builderName(to, backends)}
                    </small>
                  )}
                  {obstacle && (
                    <small className="warn">
                      <span className="visually-hidden">: </span>
                      {obstacle} Stops after the ONNX steps.
                    </small>
                  )}
                </span>
              </label>
            )
          })}
        </div>
      </ChoiceRow>
      <ChoiceRow title="Precision" note={precisionNote(recipe)}>
        <Segments
          label="Precision"
          value={recipe.precision}
          segments={offered.map((precision) => ({ value: precision, label: precisionLabel(precision) }))}
          onChange={(precision) => onChange({ precision })}
        />
        {recipe.elsewhere && (
          <>
            <span className="small faint">elsewhere</span>
            <Segments
              label="Precision of the other layers"
              value={recipe.elsewhere}
              segments={[
                { value: 'fp32', label: 'FP32' },
                { value: 'fp16', label: 'FP16', disabled: rowOfTarget(recipe.to).lowersPrecision },
              ]}
              onChange={(elsewhere) => onChange({ elsewhere })}
            />
          </>
        )}
      </ChoiceRow>
    </>
  )
}

/** Why its builder cannot be used here; null if it can. */
function targetObstacle(to: ConversionTarget, backends: readonly BackendStatus[]): string | null {
  const builder = builderOf(to)
  if (builder === null) return null
  const status = backends.find(({ id }) => id === builder)
  if (status?.builder?.available) return null
  return status?.builder?.reason ?? status?.reason ?? 'It cannot be built on this machine.'
}

function precisionNote({ precision, elsewhere }: Recipe): string {
  if (precision === 'tf32') return 'the same graph as FP32, TF32 allowed in the engine'
  if (precision === 'fp32') return 'no transform, TF32 off in the engine'
  if (precision === 'bf16') return 'written into the graph; raises the opset to 22'
  if (precision === 'int8') return `symmetric Q/DQ in the graph${elsewhere === 'fp16' ? ', from opset 19 on' : ''}`
  if (precision === 'fp8') return 'Q/DQ in the graph, from opset 19 on'
  if (precision === 'int4-weights') return 'weights in 4 bits, multiplied in FP16; raises the opset to 21'
  return 'written into the graph, inputs and outputs stay FP32'
}

interface GraphChoiceProps {
  readonly recipe: Recipe
  readonly manifest: ModelManifest | null
  readonly onChange: (change: Partial<Recipe>) => void
}

/** The graph: weights, opset, and the batch sizes (and image sizes, if they vary) that it must support. */
export function GraphChoice({ recipe, manifest, onChange }: GraphChoiceProps) {
  const exported = manifest !== null && manifest.source.library !== 'file' && manifest.source.library !== 'own'
  const lowestOpset = Math.max(opsets.oldest, oldestOpset(recipe))
  return (
    <>
      {exported && recipe.weights.kind !== 'folder' && (
        <ChoiceRow title="Weights">
          <Segments
            label="Weights"
            value={recipe.weights.kind}
            segments={[
              { value: 'auto', label: 'Real if available' },
              { value: 'hub', label: 'Real only' },
              { value: 'seeded', label: 'Seeded' },
            ]}
            onChange={(kind) => onChange({ weights: { kind } })}
          />
        </ChoiceRow>
      )}
      {manifest?.source.library !== 'file' && (
        <ChoiceRow title="Opset" note={`${opsets.oldest} to ${opsets.newest}`}>
          <NumberField
            label=""
            unit="opset"
            value={recipe.opset}
            min={lowestOpset}
            max={opsets.newest}
            onChange={(opset) => onChange({ opset })}
          />
        </ChoiceRow>
      )}
      <ChoiceRow title="Batch size" note="the engine is tuned for the middle size">
        <RangeFields range={recipe.batch} unit="" min={1} max={4096} onChange={(batch) => onChange({ batch })} />
      </ChoiceRow>
      {manifest?.input.dynamicSize && (
        <ChoiceRow title="Height and width" note={`multiples of ${manifest.input.sizeMultiple} px`}>
          <label className="small">
            <input
              type="checkbox"
              checked={recipe.size !== null}
              onChange={({ target }) =>
                onChange({
                  size: target.checked
                    ? sizeAround(manifest.input.height ?? manifest.input.sizeMultiple, manifest.input.sizeMultiple)
                    : null,
                })
              }
            />{' '}
            several sizes
          </label>
          {recipe.size && (
            <RangeFields
              range={recipe.size}
              unit="px"
              min={manifest.input.sizeMultiple}
              max={4096}
              step={manifest.input.sizeMultiple}
              onChange={(size) => onChange({ size })}
            />
          )}
        </ChoiceRow>
      )}
    </>
  )
}

interface RangeFieldsProps {
  readonly range: OptimizationRange
  readonly unit: string
  readonly min: number
  readonly max: number
  readonly step?: number
  readonly onChange: (range: OptimizationRange) => void
}

/** Each number can be typed freely; the check refuses an invalid range with a message. */
function RangeFields({ range, unit, min, max, step = 1, onChange }: RangeFieldsProps) {
  return (['min', 'opt', 'max'] as const).map((end) => (
    <NumberField
      key={end}
      label={end}
      unit={unit}
      value={range[end]}
      min={min}
      max={max}
      step={step}
      onChange={(value) => onChange({ ...range, [end]: value })}
    />
  ))
}

function sizeAround(pixels: number, multiple: number): OptimizationRange {
  const near = (value: number) => Math.max(multiple, Math.round(value / multiple) * multiple)
  return { min: near(pixels * 0.6), opt: near(pixels), max: near(pixels * 1.32) }
}

interface KeepChoiceProps {
  readonly recipe: Recipe
  readonly manifest: ModelManifest | null
  readonly onChange: (change: Partial<Recipe>) => void
}

/** Offered for every model; the manifest's own entries have their own reasons. */
const oftenKept: readonly { readonly operator: string; readonly reason: string }[] = [
  { operator: 'LayerNormalization', reason: 'squares of large activations can overflow half precision' },
  { operator: 'Softmax', reason: 'exponentials overflow early, and its sums lose small terms' },
]

/** Operators that stay in FP32, each with its reason; and single layers that an earlier sensitivity table named. */
export function KeepChoice({ recipe, manifest, onChange }: KeepChoiceProps) {
  const declared = manifest?.keepInFp32 ?? []
  const chosen = recipe.keepOperators ?? declared.map(({ operator }) => operator)
  const offered = [
    ...declared,
    ...oftenKept.filter(({ operator }) => !declared.some((each) => each.operator === operator)),
    ...chosen
      .filter((operator) => ![...declared, ...oftenKept].some((each) => each.operator === operator))
      .map((operator) => ({ operator, reason: 'named by the recipe' })),
  ]
  const toggle = (operator: string, kept: boolean) =>
    onChange({ keepOperators: kept ? [...chosen, operator] : chosen.filter((each) => each !== operator) })
  return (
    <ChoiceRow title="Keep in FP32" note={recipe.keepOperators === null ? 'as the model recommends' : 'as chosen here'}>
      <div className="targets">
        {offered.map(({ operator, reason }) => (
          <label key={operator} className="target small">
            <input
              type="checkbox"
              checked={chosen.includes(operator)}
              onChange={({ target }) => toggle(operator, target.checked)}
            />
            <span>
              {operator}
              <small className="faint">{reason}</small>
            </span>
          </label>
        ))}
        {recipe.keepNodes.length > 0 && (
          <span className="small" title={recipe.keepNodes.join('\n')}>
            and {recipe.keepNodes.length} named {recipe.keepNodes.length === 1 ? 'layer' : 'layers'}{' '}
            <Button kind="plain" onClick={() => onChange({ keepNodes: [] })}>
              Clear
            </Button>
          </span>
        )}
      </div>
    </ChoiceRow>
  )
}
