// How INT8 is calibrated, in the Convert form.

import { useState } from 'react'
import { rowOfTarget } from '../../../shared/domain/artifact-kind.ts'
import type { ModelManifest } from '../../../shared/domain/model.ts'
import { overflowFixes } from '../../../shared/domain/overflow-fix.ts'
import {
  advisedCalibrationImages,
  type Calibration,
  calibrationMethodSchema,
  quantizationSchemeSchema,
  type Recipe,
} from '../../../shared/domain/recipe.ts'
import { transformsGraph } from '../../../shared/planning/recipe.ts'
import { Button } from '../../components/button.tsx'
import { ChoiceRow, NumberField, Segments } from '../../components/form-fields.tsx'
import { RemedyStrip } from '../../components/remedy-strip.tsx'
import { errorRecord } from '../../format/error.ts'
import { chooseCalibrationFolder } from '../../state/recipe-draft.ts'

interface CalibrationChoiceProps {
  readonly recipe: Recipe
  readonly manifest: ModelManifest | null
  readonly onChange: (change: Partial<Recipe>) => void
}

/**
 * INT8 and FP8: which images, how many compared with the recommended number. INT8: which method, and whether each
 * layer's cost is measured.
 */
export function CalibrationChoice({ recipe, manifest, onChange }: CalibrationChoiceProps) {
  const [found, setFound] = useState<number | null>(null)
  const [failure, setFailure] = useState<unknown>(null)
  const { calibration } = recipe
  if (!calibration) return null
  const own = manifest?.calibration ? "the model's own calibration set" : 'shipped photographs'
  const few = calibration.imageLimit < advisedCalibrationImages || (found !== null && found < advisedCalibrationImages)
  return (
    <>
      <ChoiceRow title="Calibration images" note="never the images that parity is judged on">
        <span className="small">{calibration.imageFolder ?? own}</span>
        {found !== null && <span className="small faint">{found} images found</span>}
        <Button
          onClick={() => {
            setFailure(null)
            chooseCalibrationFolder().then(setFound, setFailure)
          }}
        >
          Choose a folder
        </Button>
        {calibration.imageFolder !== null && (
          <Button
            kind="plain"
            onClick={() => {
              setFound(null)
              onChange({ calibration: { ...calibration, imageFolder: null } })
            }}
          >
            Use {own}
          </Button>
        )}
        <NumberField
          label="at most"
          unit="images"
          value={calibration.imageLimit}
          min={1}
          max={4096}
          onChange={(imageLimit) => onChange({ calibration: { ...calibration, imageLimit } })}
        />
        <span className={few ? 'small warn' : 'small faint'}>{advisedCalibrationImages} recommended</span>
        {failure != null && <RemedyStrip error={errorRecord(failure)} />}
      </ChoiceRow>
      {recipe.precision === 'int8' && <Int8Choice recipe={recipe} calibration={calibration} onChange={onChange} />}
    </>
  )
}

interface Int8ChoiceProps extends Pick<CalibrationChoiceProps, 'recipe' | 'onChange'> {
  readonly calibration: Calibration
}

/** What FP8 does not offer. */
function Int8Choice({ recipe, calibration, onChange }: Int8ChoiceProps) {
  return (
    <>
      <ChoiceRow title="Method">
        <Segments
          label="Calibration method"
          value={calibration.method}
          segments={calibrationMethodSchema.options.map((method) => ({ value: method, label: method }))}
          onChange={(method) => onChange({ calibration: { ...calibration, method } })}
        />
        {rowOfTarget(recipe.to).takesAsymmetric && (
          <Segments
            label="Activations"
            value={calibration.scheme ?? 'symmetric'}
            segments={quantizationSchemeSchema.options.map((scheme) => ({ value: scheme, label: scheme }))}
            onChange={(scheme) => onChange({ calibration: { ...calibration, scheme } })}
          />
        )}
        {transformsGraph(recipe) && (
          <label className="small">
            <input
              type="checkbox"
              checked={recipe.sensitivity}
              onChange={({ target }) => onChange({ sensitivity: target.checked })}
            />{' '}
            measure the accuracy cost of each layer
          </label>
        )}
      </ChoiceRow>
      <OverflowFixRow recipe={recipe} calibration={calibration} onChange={onChange} />
    </>
  )
}

function OverflowFixRow({ recipe, calibration, onChange }: Int8ChoiceProps) {
  const { choices, standard } = rowOfTarget(recipe.to).overflowFix
  if (choices.length === 0) return null
  const { overflowFix, ...rest } = calibration
  return (
    <ChoiceRow title="Weights of 7 bits" note="their sums do not saturate on a processor without VNNI">
      <Segments
        label="Weights of 7 bits"
        value={overflowFix ?? 'library'}
        segments={[
          ...(standard === null ? [{ value: 'library' as const, label: "the library's choice" }] : []),
          ...choices.map((choice) => ({ value: choice, label: overflowFixes[choice] })),
        ]}
        onChange={(choice) => onChange({ calibration: choice === 'library' ? rest : { ...rest, overflowFix: choice } })}
      />
    </ChoiceRow>
  )
}
