// A conversion put together: the choices at the left, and at the right what it would do, asked again with every change.
import { Modal } from '@mantine/core'
import type { BackendStatus } from '../../../shared/domain/backend.ts'
import type { ModelManifest } from '../../../shared/domain/model.ts'
import type { Recipe } from '../../../shared/domain/recipe.ts'
import { transformsGraph } from '../../../shared/planning/recipe-steps.ts'
import { Button } from '../../components/button.tsx'
import { changeRecipe, closeRecipe, useRecipeCheck } from '../../state/recipe-draft.ts'
import { CalibrationChoice } from './calibration-choice.tsx'
import { EngineChoice } from './engine-choice.tsx'
import { GraphChoice } from './graph-choice.tsx'
import { KeepChoice } from './keep-choice.tsx'
import { RecipeCheck } from './recipe-check.tsx'
import { TargetChoice } from './target-choice.tsx'

interface ConvertModalProps {
  readonly recipe: Recipe
  readonly modelName: string
  readonly manifest: ModelManifest | null
  readonly backends: readonly BackendStatus[]
  readonly onStart: (recipe: Recipe) => void
}

export function ConvertModal({ recipe, modelName, manifest, backends, onStart }: ConvertModalProps) {
  const check = useRecipeCheck(recipe)
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
          {recipe.engine && <EngineChoice recipe={recipe} engine={recipe.engine} onChange={changeRecipe} />}
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
