// The plan's choices, a row a noun.
import { useState } from 'react'
import type { ModelManifest } from '../../../shared/domain/model.ts'
import type { Plan } from '../../../shared/domain/plan.ts'
import { Button } from '../../components/button.tsx'
import { ChoiceRow } from '../../components/choice-row.tsx'
import { RemedyStrip } from '../../components/remedy-strip.tsx'
import { errorRecord } from '../../format/error.ts'
import { useBackends } from '../../state/backends.ts'
import { chooseModelFile, useChosenFiles, useModels } from '../../state/models.ts'
import { chooseModel, isInProfile, toggleBatchSize } from '../../state/plan-draft.ts'
import { ArtifactCandidates } from './artifact-candidates.tsx'
import { CandidateGrid } from './candidate-grid.tsx'
import { ImageChoice } from './image-choice.tsx'
import { RunChoice } from './run-choice.tsx'

const offeredBatchSizes = [1, 2, 4, 8, 16, 32]

interface PlanFormProps {
  readonly plan: Plan
  readonly manifest: ModelManifest | null
}

export function PlanForm({ plan, manifest }: PlanFormProps) {
  const models = useModels()
  const { files } = useChosenFiles()
  const backends = useBackends()
  const [failure, setFailure] = useState<unknown>(null)
  const ready = (backends.data ?? []).filter(({ available }) => available).map(({ id }) => id)
  const choose = (model: string, chosen: ModelManifest | undefined) => {
    if (chosen) chooseModel(model, chosen, ready)
  }
  return (
    <form className="plan" aria-label="Plan" onSubmit={(event) => event.preventDefault()}>
      {failure != null && <RemedyStrip error={errorRecord(failure)} />}
      <ChoiceRow title="Model" forId="plan-model">
        <select
          id="plan-model"
          className="field wide"
          value={plan.model}
          onChange={({ target }) =>
            choose(
              target.value,
              models.data?.find(({ id }) => id === target.value) ??
                files.find(({ file }) => file === target.value)?.manifest,
            )
          }
        >
          {manifest === null && <option value={plan.model}>{plan.model}</option>}
          {(models.data ?? []).map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
          {files.map(({ file, manifest: { name } }) => (
            <option key={file} value={file}>
              {name} (your file)
            </option>
          ))}
        </select>
        <Button
          onClick={() => {
            setFailure(null)
            chooseModelFile()
              .then((chosen) => choose(chosen?.file ?? '', chosen?.manifest))
              .catch(setFailure)
          }}
        >
          Open an .onnx file
        </Button>
      </ChoiceRow>
      <ChoiceRow title="Candidates" note="the first PyTorch or ONNX FP32 is the baseline">
        <CandidateGrid plan={plan} manifest={manifest} backends={backends.data ?? []} />
        <ArtifactCandidates plan={plan} />
      </ChoiceRow>
      <ChoiceRow title="Batch sizes" note="compared within each size">
        {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would draw a frame inside the row */}
        <div className="segments" role="group" aria-label="Batch sizes">
          {offeredBatchSizes.map((size) => {
            const inside = manifest === null || isInProfile(manifest, size)
            return (
              <button
                key={size}
                type="button"
                aria-pressed={plan.batchSizes.includes(size)}
                aria-label={`Batch ${size}`}
                disabled={!inside && !plan.batchSizes.includes(size)}
                title={inside ? undefined : `${manifest.name} takes at most ${manifest.optimizationProfile.max}`}
                onClick={() => toggleBatchSize(size)}
              >
                {size}
              </button>
            )
          })}
        </div>
      </ChoiceRow>
      <ImageChoice plan={plan} manifest={manifest} />
      <RunChoice plan={plan} manifest={manifest} />
    </form>
  )
}
