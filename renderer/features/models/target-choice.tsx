// What it becomes and in which precision. A target that cannot be built here stays, with the reason: its ONNX steps can.
import type { BackendStatus } from '../../../shared/domain/backend.ts'
import { precisionLabel } from '../../../shared/domain/precision.ts'
import { type ConversionTarget, conversionTargetSchema, type Recipe } from '../../../shared/domain/recipe.ts'
import { ChoiceRow } from '../../components/choice-row.tsx'
import { Segments } from '../../components/segments.tsx'
import { builderName, targetLabels } from '../../format/artifact.ts'
import { precisionsOf } from './convert-defaults.ts'

interface TargetChoiceProps {
  readonly recipe: Recipe
  readonly backends: readonly BackendStatus[]
  readonly onChange: (change: Partial<Recipe>) => void
}

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
                  {targetLabels[to]}
                  {obstacle === null && to !== 'onnx' && builderName(to, backends) !== targetLabels[to] && (
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
              label="Where INT8 does not compute"
              value={recipe.elsewhere}
              segments={[
                { value: 'fp32', label: 'FP32' },
                { value: 'fp16', label: 'FP16', disabled: recipe.to === 'openvino' },
              ]}
              onChange={(elsewhere) => onChange({ elsewhere })}
            />
          </>
        )}
      </ChoiceRow>
    </>
  )
}

/** Why its builder cannot be used here; null where it can. */
function targetObstacle(to: ConversionTarget, backends: readonly BackendStatus[]): string | null {
  if (to === 'onnx') return null
  const status = backends.find(({ id }) => id === to)
  if (status?.builder?.available) return null
  return status?.builder?.reason ?? status?.reason ?? 'It cannot be built here.'
}

function precisionNote({ precision, elsewhere }: Recipe): string {
  if (precision === 'tf32') return 'the same graph as FP32, TF32 allowed in the engine'
  if (precision === 'fp32') return 'no transform, TF32 off in the engine'
  if (precision === 'bf16') return 'written into the graph; raises the opset to 22'
  if (precision === 'int8') return `symmetric Q/DQ in the graph${elsewhere === 'fp16' ? ', from opset 19 on' : ''}`
  return 'written into the graph, inputs and outputs stay FP32'
}
