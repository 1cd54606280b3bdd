// The builder's settings in the Convert form, and the card that it builds on. Each setting is read back after it is
// set; one the library lacks is refused with a message, never ignored.
import { useState } from 'react'
import { type BackendStatus, builderOf, isBuiltOnGpu } from '../../../shared/domain/backend.ts'
import { refusalOnCard } from '../../../shared/domain/backend-cards.ts'
import { deviceOfCard, gpuOf } from '../../../shared/domain/device.ts'
import type { Gpu } from '../../../shared/domain/fingerprint.ts'
import { featureRefusal, type HardwareLevel, hardwareLevels } from '../../../shared/domain/gpu-capability.ts'
import { pluginWords } from '../../../shared/domain/plugin.ts'
import { type EngineOptions, hardwareLevelOf, hardwareOptions, type Recipe } from '../../../shared/domain/recipe.ts'
import { Button } from '../../components/button.tsx'
import { ChoiceRow, NumberField, Segments } from '../../components/form-fields.tsx'
import { RemedyStrip } from '../../components/remedy-strip.tsx'
import { errorRecord } from '../../format/error.ts'
import { cardSegments } from '../../format/gpu.ts'
import { choosePluginLibrary } from '../../state/recipe-draft.ts'

interface EngineChoiceProps {
  readonly recipe: Recipe
  readonly engine: EngineOptions
  readonly backends: readonly BackendStatus[]
  /** In CUDA's order. */
  readonly gpus: readonly Gpu[]
  readonly onChange: (change: Partial<Recipe>) => void
}

const switches = [
  ['timingCache', 'timing cache'],
  ['versionCompatible', 'version compatible'],
] as const

const levelWords: Readonly<Record<HardwareLevel | 'none', string>> = {
  none: 'This model of card',
  'same-compute-capability': 'Same compute capability',
  'ampere-plus': 'Ampere and newer',
}

export function EngineChoice({ recipe, engine, backends, gpus, onChange }: EngineChoiceProps) {
  const change = (options: Partial<EngineOptions>) => onChange({ engine: { ...engine, ...options } })
  const changeHardware = (level: HardwareLevel | null) => {
    const { hardwareLevel: _former, ...others } = engine
    onChange({ engine: { ...others, ...hardwareOptions(level) } })
  }
  const isOnGpu = isBuiltOnGpu(recipe.to)
  const isTensorrt = recipe.to === 'tensorrt'
  const card = gpuOf(recipe.device ?? 'cuda', gpus)
  return (
    <>
      {isOnGpu && gpus.length > 1 && <CardChoice recipe={recipe} backends={backends} gpus={gpus} onChange={onChange} />}
      <ChoiceRow title="Builder" note="each is read back after it is set">
        {isOnGpu && (
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
      {isTensorrt && (
        <ChoiceRow title="Runs on" note="an engine for more cards may be slower">
          <Segments
            label="Cards that can run the engine"
            value={hardwareLevelOf(engine) ?? 'none'}
            segments={(['none', ...hardwareLevels] as const).map((level) => {
              const lacking = level === 'none' || card === null ? null : featureRefusal(card, level)
              return {
                value: level,
                label: levelWords[level],
                disabled: lacking !== null,
                ...(lacking && { title: lacking }),
              }
            })}
            onChange={(level) => changeHardware(level === 'none' ? null : level)}
          />
        </ChoiceRow>
      )}
      {(isTensorrt || engine.plugin !== undefined) && <PluginChoice engine={engine} onChange={onChange} />}
    </>
  )
}

/** A library is code: it can be chosen only once the user has said so. */
function PluginChoice({ engine, onChange }: Pick<EngineChoiceProps, 'engine' | 'onChange'>) {
  const [isTrusted, setTrusted] = useState(false)
  const [failure, setFailure] = useState<unknown>(null)
  const { plugin, ...others } = engine
  return (
    <ChoiceRow title="Plugin library" note="for operators that TensorRT lacks">
      {plugin === undefined ? (
        <>
          <label className="small">
            <input type="checkbox" checked={isTrusted} onChange={({ target }) => setTrusted(target.checked)} /> this
            file is code that runs on this machine, and I trust its maker
          </label>
          <Button
            disabled={!isTrusted}
            onClick={() => {
              setFailure(null)
              choosePluginLibrary().catch(setFailure)
            }}
          >
            Choose a library
          </Button>
        </>
      ) : (
        <>
          <span className="small">{pluginWords(plugin)}</span>
          <Button kind="plain" onClick={() => onChange({ engine: others })}>
            Remove
          </Button>
        </>
      )}
      {failure != null && <RemedyStrip error={errorRecord(failure)} />}
    </ChoiceRow>
  )
}

/** A card that the builder cannot use stays in sight, with the reason. */
function CardChoice({ recipe, backends, gpus, onChange }: Omit<EngineChoiceProps, 'engine'>) {
  const status = backends.find(({ id }) => id === builderOf(recipe.to))
  const chosen = gpuOf(recipe.device ?? 'cuda', gpus)
  return (
    <ChoiceRow title="Card" note="the engine is tuned for it">
      <Segments
        label="Card"
        value={chosen === null ? (recipe.device ?? 'cuda') : deviceOfCard(gpus.indexOf(chosen))}
        segments={cardSegments(gpus).map((segment, index) => {
          const card = gpus[index]
          const obstacle = status && card ? refusalOnCard(status, card) : null
          return { ...segment, disabled: obstacle !== null, title: obstacle ?? segment.title }
        })}
        onChange={(device) => onChange({ device })}
      />
    </ChoiceRow>
  )
}
