// The plan's choices, one row per topic.
import { useState } from 'react'
import { type BackendStatus, backendIds, backendLabels } from '../../../shared/domain/backend.ts'
import { refusalOnCard } from '../../../shared/domain/backend-cards.ts'
import { backendMeasuring } from '../../../shared/domain/backend-measuring.ts'
import { gpuOf } from '../../../shared/domain/device.ts'
import type { Gpu } from '../../../shared/domain/fingerprint.ts'
import type { ModelManifest } from '../../../shared/domain/model.ts'
import type { Candidate, Plan } from '../../../shared/domain/plan.ts'
import { type Precision, precisionLabel, precisionSchema } from '../../../shared/domain/precision.ts'
import { Mark, Swatch } from '../../components/backend-mark.tsx'
import { Button } from '../../components/button.tsx'
import { ChoiceRow, NumberField } from '../../components/form-fields.tsx'
import { Verdict } from '../../components/glyph.tsx'
import { RemedyStrip } from '../../components/remedy-strip.tsx'
import { artifactName, shortHash } from '../../format/artifact.ts'
import { errorRecord } from '../../format/error.ts'
import { bytes } from '../../format/quantity.ts'
import { useMachine } from '../../state/application.ts'
import { useArtifacts } from '../../state/artifacts.ts'
import { useBackends } from '../../state/backends.ts'
import { chooseModelFile, useChosenFiles, useModels } from '../../state/models.ts'
import {
  canBeTuned,
  changePlan,
  chooseImageFolder,
  chooseModel,
  hasCandidate,
  hasTunedCandidate,
  isInProfile,
  removeCandidate,
  toggleBatchSize,
  toggleCandidate,
  toggleTuned,
} from '../../state/plan-draft.ts'
import { InputChoice, takesPictures } from './input-choice.tsx'
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
      <ChoiceRow title="Candidates" note="the first PyTorch or ONNX FP32 candidate is the baseline">
        <CandidateGrid plan={plan} manifest={manifest} backends={backends.data ?? []} />
        <TunedChoices plan={plan} />
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
                title={
                  inside ? undefined : `${manifest.name} supports batch sizes up to ${manifest.optimizationProfile.max}`
                }
                onClick={() => toggleBatchSize(size)}
              >
                {size}
              </button>
            )
          })}
        </div>
      </ChoiceRow>
      {takesPictures(plan, manifest) && <ImageChoice plan={plan} manifest={manifest} />}
      {manifest !== null && <InputChoice plan={plan} manifest={manifest} />}
      <RunChoice plan={plan} manifest={manifest} />
    </form>
  )
}

interface CandidateGridProps {
  readonly plan: Plan
  readonly manifest: ModelManifest | null
  readonly backends: readonly BackendStatus[]
}

/** Backends by precision: each cell is a candidate. One that cannot run is greyed with its reason, never hidden. */
function CandidateGrid({ plan, manifest, backends }: CandidateGridProps) {
  const machine = useMachine()
  const card = gpuOf(plan.device, machine.data?.gpus ?? [])
  return (
    <table className="candidate-grid">
      <caption className="visually-hidden">Candidates: backend by precision</caption>
      <tbody>
        {backends.map((backend) => {
          const obstacle = obstacleOf(backend, manifest, card)
          return (
            <tr key={backend.id} className={obstacle ? 'unavailable' : undefined}>
              <th scope="row">
                <span className="named">
                  <Swatch backend={backend.id} />
                  {backendLabels[backend.id]}
                </span>
              </th>
              {precisionSchema.options.map((precision) => (
                <td key={precision}>
                  <CandidateCell plan={plan} backend={backend} precision={precision} open={obstacle === null} />
                </td>
              ))}
              <td className="why small" title={obstacle ?? undefined}>
                {obstacle}
              </td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

/** Each backend of the plan that has an expert's settings: measured with them too, as further candidates. */
function TunedChoices({ plan }: { readonly plan: Plan }) {
  const backends = backendIds.filter((backend) => canBeTuned(plan, backend))
  if (backends.length === 0) return null
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would draw a frame inside the row
    <div className="tuned-choices small" role="group" aria-label="Also tuned">
      also tuned
      {backends.map((backend) => (
        <button
          key={backend}
          type="button"
          className="candidate"
          aria-pressed={hasTunedCandidate(plan, backend)}
          title={`Also measure it tuned: ${backendMeasuring[backend].tuned}`}
          onClick={() => toggleTuned(backend)}
        >
          {backendLabels[backend]}
        </button>
      ))}
    </div>
  )
}

interface CandidateCellProps {
  readonly plan: Plan
  readonly backend: BackendStatus
  readonly precision: Precision
  readonly open: boolean
}

function CandidateCell({ plan, backend, precision, open }: CandidateCellProps) {
  const chosen = hasCandidate(plan, backend.id, precision)
  if (!backend.precisions.includes(precision) && !chosen) return <span className="no-cell" />
  return (
    <button
      type="button"
      className="candidate"
      aria-pressed={chosen}
      aria-label={`${backendLabels[backend.id]} ${precisionLabel(precision)}`}
      disabled={!open && !chosen}
      onClick={() => toggleCandidate(backend.id, precision)}
    >
      <Mark backend={backend.id} precision={precision} radius={3.8} />
      {precisionLabel(precision)}
    </button>
  )
}

function obstacleOf(backend: BackendStatus, manifest: ModelManifest | null, card: Gpu | null): string | null {
  if (!backend.available) return backend.reason ?? 'not ready'
  if (manifest && backend.id !== 'simulated' && !manifest.backends.includes(backend.id)) {
    return `does not run ${manifest.name}`
  }
  return card === null ? null : refusalOnCard(backend, card)
}

/** Candidates that run one specific artifact: named by its hash, with its parity from the conversion. */
function ArtifactCandidates({ plan }: { readonly plan: Plan }) {
  const named = plan.candidates.filter(({ artifact }) => artifact !== undefined)
  if (named.length === 0) return null
  return (
    <ul className="artifact-candidates small" aria-label="Artifacts to run">
      {named.map((candidate) => (
        <ArtifactCandidate key={`${candidate.backend} ${candidate.artifact}`} candidate={candidate} />
      ))}
    </ul>
  )
}

function ArtifactCandidate({ candidate }: { readonly candidate: Candidate }) {
  const artifacts = useArtifacts()
  const { backend, precision, artifact: sha256 = '' } = candidate
  const artifact = artifacts.data?.find((each) => each.sha256 === sha256)
  return (
    <li>
      <Mark backend={backend} precision={precision} radius={3.8} />
      <b>
        {backendLabels[backend]} {precisionLabel(precision)}
      </b>
      <span className="mono">{shortHash(sha256)}</span>
      <span className="quiet" title={artifact?.parity.reason}>
        {artifact ? (
          <>
            {artifactName(artifact)}, {bytes(artifact.sizeBytes)} <Verdict verdict={artifact.parity.verdict} />
          </>
        ) : (
          'no longer available'
        )}
      </span>
      <Button kind="plain" onClick={() => removeCandidate(candidate)}>
        Remove
      </Button>
    </li>
  )
}

interface ImageChoiceProps {
  readonly plan: Plan
  readonly manifest: ModelManifest | null
}

/** Which images, how many, and what size. A model with its own test arrays uses those. */
function ImageChoice({ plan, manifest }: ImageChoiceProps) {
  const [found, setFound] = useState<number | null>(null)
  const [failure, setFailure] = useState<unknown>(null)
  const shipped = manifest?.evaluation ? "the model's own test set" : 'shipped photographs'
  return (
    <>
      <ChoiceRow title="Images" note="decoded once; every candidate gets the same bytes">
        <span>{plan.imageFolder ?? shipped}</span>
        {plan.imageFolder !== null && found !== null && <span className="faint">{found} images found</span>}
        {!manifest?.evaluation && (
          <Button
            onClick={() => {
              setFailure(null)
              chooseImageFolder()
                .then((count) => count !== null && setFound(count))
                .catch(setFailure)
            }}
          >
            Choose a folder
          </Button>
        )}
        {plan.imageFolder !== null && (
          <Button kind="plain" onClick={() => changePlan({ imageFolder: null })}>
            Use {shipped}
          </Button>
        )}
        <NumberField
          label="at most"
          unit="images"
          value={plan.imageLimit}
          min={1}
          max={4096}
          onChange={(imageLimit) => changePlan({ imageLimit })}
        />
        {failure != null && <RemedyStrip error={errorRecord(failure)} />}
      </ChoiceRow>
      {manifest?.input.dynamicSize && (
        <ChoiceRow title="Input size" note={`multiples of ${manifest.input.sizeMultiple} px`}>
          <NumberField
            label="side length"
            unit="px"
            value={plan.inputSize ?? manifest.input.height ?? manifest.input.sizeMultiple}
            min={manifest.input.sizeMultiple}
            max={4096}
            step={manifest.input.sizeMultiple}
            onChange={(size) => changePlan({ inputSize: size === manifest.input.height ? null : size })}
          />
        </ChoiceRow>
      )}
    </>
  )
}
