// The graph: weights, opset, and the batch sizes (and image sizes, where they vary) that it must take.
import type { ModelManifest } from '../../../shared/domain/model.ts'
import type { OptimizationRange, Recipe } from '../../../shared/domain/recipe.ts'
import { oldestHalfScaleOpset } from '../../../shared/planning/recipe-check.ts'
import { ChoiceRow } from '../../components/choice-row.tsx'
import { NumberField } from '../../components/number-field.tsx'
import { Segments } from '../../components/segments.tsx'

interface GraphChoiceProps {
  readonly recipe: Recipe
  readonly manifest: ModelManifest | null
  readonly onChange: (change: Partial<Recipe>) => void
}

export function GraphChoice({ recipe, manifest, onChange }: GraphChoiceProps) {
  const exported = manifest !== null && manifest.source.library !== 'file' && manifest.source.library !== 'own'
  const lowestOpset = recipe.elsewhere === 'fp16' ? oldestHalfScaleOpset : 14
  return (
    <>
      {exported && recipe.weights.kind !== 'folder' && (
        <ChoiceRow title="Weights">
          <Segments
            label="Weights"
            value={recipe.weights.kind}
            segments={[
              { value: 'auto', label: 'Real, else seeded' },
              { value: 'hub', label: 'Real only' },
              { value: 'seeded', label: 'Seeded' },
            ]}
            onChange={(kind) => onChange({ weights: { kind } })}
          />
        </ChoiceRow>
      )}
      {manifest?.source.library !== 'file' && (
        <ChoiceRow title="Opset" note="14 to 20">
          <NumberField
            label=""
            unit="opset"
            value={recipe.opset}
            min={lowestOpset}
            max={20}
            onChange={(opset) => onChange({ opset })}
          />
        </ChoiceRow>
      )}
      <ChoiceRow title="Batch size" note="the engine is tuned for the middle one">
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
                  size: target.checked ? sizeAround(manifest.input.height, manifest.input.sizeMultiple) : null,
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

/** Each may be typed freely; a range without sense is refused by the check, in words. */
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
