// The Convert dialog: choices at the left, and at the right what the conversion would do, updated with every change.

import { Modal } from '@mantine/core'
import type { BackendStatus } from '../../../shared/domain/backend.ts'
import type { ConversionCheck, ConversionStepName } from '../../../shared/domain/conversion.ts'
import type { ModelManifest } from '../../../shared/domain/model.ts'
import type { Recipe } from '../../../shared/domain/recipe.ts'
import { transformsGraph } from '../../../shared/planning/recipe.ts'
import { Button } from '../../components/button.tsx'
import { Glyph } from '../../components/glyph.tsx'
import { RemedyStrip } from '../../components/remedy-strip.tsx'
import { errorRecord } from '../../format/error.ts'
import { useMachine } from '../../state/application.ts'
import { changeRecipe, closeRecipe, useRecipeCheck } from '../../state/recipe-draft.ts'
import { CalibrationChoice } from './calibration-choice.tsx'
import { GraphChoice, KeepChoice, TargetChoice } from './convert-choices.tsx'
import { EngineChoice } from './engine-choice.tsx'

interface ConvertModalProps {
  readonly recipe: Recipe
  readonly modelName: string
  readonly manifest: ModelManifest | null
  readonly backends: readonly BackendStatus[]
  readonly onStart: (recipe: Recipe) => void
}

export function ConvertModal({ recipe, modelName, manifest, backends, onStart }: ConvertModalProps) {
  const check = useRecipeCheck(recipe)
  const machine = useMachine()
  const startable = check.isSuccess && !check.isPlaceholderData && check.data.refusals.length === 0
  const start = () => {
    onStart(recipe)
    closeRecipe()
  }
  return (
    <Modal opened onClose={closeRecipe} title={`Convert ${modelName}`} size={1080}>
      <form
        className="convert"
        aria-label="Recipe"
        onSubmit={(event) => {
          event.preventDefault()
          if (startable) start()
        }}
      >
        <div className="convert-choices">
          <TargetChoice recipe={recipe} backends={backends} onChange={changeRecipe} />
          <GraphChoice recipe={recipe} manifest={manifest} onChange={changeRecipe} />
          {recipe.calibration && <CalibrationChoice recipe={recipe} manifest={manifest} onChange={changeRecipe} />}
          {transformsGraph(recipe) && <KeepChoice recipe={recipe} manifest={manifest} onChange={changeRecipe} />}
          {recipe.engine && (
            <EngineChoice
              recipe={recipe}
              engine={recipe.engine}
              backends={backends}
              gpus={machine.data?.gpus ?? []}
              onChange={changeRecipe}
            />
          )}
        </div>
        <div className="convert-check">
          <RecipeCheck check={check.data ?? null} failure={check.error} pending={check.isFetching} />
          <div className="form-actions">
            <Button onClick={closeRecipe}>Not now</Button>
            <Button kind="primary" onClick={start} disabled={!startable}>
              {check.data?.engineRefusal ? 'Convert to ONNX only' : 'Convert'}
            </Button>
          </div>
        </div>
      </form>
    </Modal>
  )
}

/** What a recipe would do: which steps exist already, what prevents it, and warnings. */
export const stepTitles: Readonly<Record<ConversionStepName, string>> = {
  export: 'Export to ONNX',
  simplify: 'Simplify the graph',
  precision: 'Change precision',
  sensitivity: 'Measure each layer',
  engine: 'Build engine',
  parity: 'Compare with PyTorch',
}

interface RecipeCheckProps {
  readonly check: ConversionCheck | null
  readonly failure: unknown
  readonly pending: boolean
}

function RecipeCheck({ check, failure, pending }: RecipeCheckProps) {
  return (
    <section aria-label="Steps" aria-busy={pending} aria-live="polite">
      <h2>{heading(check)}</h2>
      {failure != null && <RemedyStrip error={errorRecord(failure)} />}
      {check && (
        <ol className="check-steps small">
          {check.steps.map(({ name, cached }) => {
            const stops = name === 'engine' && check.engineRefusal !== null
            return (
              <li key={name} className={cached ? 'quiet' : undefined}>
                <span className={cached ? 'pass' : stops ? 'warn' : 'faint'}>
                  <Glyph name={cached ? 'pass' : stops ? 'warn' : 'waiting'} />
                </span>
                {stepTitles[name]}
                <span className="faint right">{cached ? 'cached' : stops ? 'not available' : 'to do'}</span>
              </li>
            )
          })}
        </ol>
      )}
      {check?.refusals.map((refusal) => (
        <RemedyStrip key={refusal.code + refusal.message} error={refusal} />
      ))}
      {check?.engineRefusal && (
        <div className="strip warn" role="status">
          <div>
            <b>Stops after the ONNX steps.</b> {check.engineRefusal.message}{' '}
            <span className="quiet">{check.engineRefusal.remedy}</span>
          </div>
        </div>
      )}
      {check?.warnings.map((warning) => (
        <div key={warning} className="strip warn" role="status">
          <div>{warning}</div>
        </div>
      ))}
    </section>
  )
}

function heading(check: ConversionCheck | null): string {
  if (!check) return 'Checking what exists already'
  if (check.refusals.length > 0) return 'This conversion cannot start'
  const left = check.steps.filter(({ cached }) => !cached).length
  return left === 0 ? 'Everything exists already' : `${left} of ${check.steps.length} steps to do`
}
