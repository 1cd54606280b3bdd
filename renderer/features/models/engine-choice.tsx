// What the builder is told. Each is read back after it is set; what a library lacks is refused in words, never ignored.
import type { EngineOptions, Recipe } from '../../../shared/domain/recipe.ts'
import { ChoiceRow } from '../../components/choice-row.tsx'
import { NumberField } from '../../components/number-field.tsx'
import { Segments } from '../../components/segments.tsx'

interface EngineChoiceProps {
  readonly recipe: Recipe
  readonly engine: EngineOptions
  readonly onChange: (change: Partial<Recipe>) => void
}

const switches = [
  ['timingCache', 'timing cache'],
  ['versionCompatible', 'version compatible'],
  ['hardwareCompatible', 'hardware compatible'],
] as const

export function EngineChoice({ recipe, engine, onChange }: EngineChoiceProps) {
  const change = (options: Partial<EngineOptions>) => onChange({ engine: { ...engine, ...options } })
  const isTensorrt = recipe.to === 'tensorrt' || recipe.to === 'tensorrt-rtx'
  return (
    <ChoiceRow title="Builder" note="read back after it is set">
      {isTensorrt && (
        <NumberField
          label="workspace"
          unit="GiB"
          value={Math.max(1, Math.round(engine.workspaceGib))}
          min={1}
          max={1024}
          onChange={(workspaceGib) => change({ workspaceGib })}
        />
      )}
      <span className="small faint">optimization level</span>
      <Segments
        label="Optimization level"
        value={engine.optimizationLevel === null ? 'default' : String(engine.optimizationLevel)}
        segments={['default', '0', '1', '2', '3', '4', '5'].map((level) => ({ value: level, label: level }))}
        onChange={(level) => change({ optimizationLevel: level === 'default' ? null : Number(level) })}
      />
      {isTensorrt &&
        switches.map(([name, words]) => (
          <label key={name} className="small">
            <input
              type="checkbox"
              checked={engine[name]}
              onChange={({ target }) => change({ [name]: target.checked })}
            />{' '}
            {words}
          </label>
        ))}
    </ChoiceRow>
  )
}
