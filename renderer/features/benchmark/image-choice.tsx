// Which images, how many, at what size. A model with test arrays of its own uses those.
import { useState } from 'react'
import type { ModelManifest } from '../../../shared/domain/model.ts'
import type { Plan } from '../../../shared/domain/plan.ts'
import { Button } from '../../components/button.tsx'
import { ChoiceRow } from '../../components/choice-row.tsx'
import { NumberField } from '../../components/number-field.tsx'
import { RemedyStrip } from '../../components/remedy-strip.tsx'
import { errorRecord } from '../../format/error.ts'
import { changePlan, chooseImageFolder } from '../../state/plan-draft.ts'

interface ImageChoiceProps {
  readonly plan: Plan
  readonly manifest: ModelManifest | null
}

export function ImageChoice({ plan, manifest }: ImageChoiceProps) {
  const [found, setFound] = useState<number | null>(null)
  const [failure, setFailure] = useState<unknown>(null)
  const shipped = manifest?.evaluation ? "the model's own test set" : 'shipped photographs'
  return (
    <>
      <ChoiceRow title="Images" note="decoded once, the same bytes for every candidate">
        <span>{plan.imageFolder ?? shipped}</span>
        {plan.imageFolder !== null && found !== null && <span className="faint">{found} images found</span>}
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
            label="square of"
            unit="px"
            value={plan.inputSize ?? manifest.input.height}
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
