// Operators that stay in FP32, each with why; and single layers that an earlier sensitivity table named.
import type { ModelManifest } from '../../../shared/domain/model.ts'
import type { Recipe } from '../../../shared/domain/recipe.ts'
import { Button } from '../../components/button.tsx'
import { ChoiceRow } from '../../components/choice-row.tsx'

interface KeepChoiceProps {
  readonly recipe: Recipe
  readonly manifest: ModelManifest | null
  readonly onChange: (change: Partial<Recipe>) => void
}

/** Offered for every model; the manifest's own come with its own reasons. */
const oftenKept: readonly { readonly operator: string; readonly reason: string }[] = [
  { operator: 'LayerNormalization', reason: 'squares of large activations can leave the range of half precision' },
  { operator: 'Softmax', reason: 'exponentials overflow early, and its sums lose small terms' },
]

export function KeepChoice({ recipe, manifest, onChange }: KeepChoiceProps) {
  const declared = manifest?.keepInFp32 ?? []
  const chosen = recipe.keepOperators ?? declared.map(({ operator }) => operator)
  const offered = [
    ...declared,
    ...oftenKept.filter(({ operator }) => !declared.some((each) => each.operator === operator)),
    ...chosen
      .filter((operator) => ![...declared, ...oftenKept].some((each) => each.operator === operator))
      .map((operator) => ({ operator, reason: 'named by the recipe' })),
  ]
  const toggle = (operator: string, kept: boolean) =>
    onChange({ keepOperators: kept ? [...chosen, operator] : chosen.filter((each) => each !== operator) })
  return (
    <ChoiceRow title="Keep in FP32" note={recipe.keepOperators === null ? 'as the model advises' : 'as chosen here'}>
      <div className="targets">
        {offered.map(({ operator, reason }) => (
          <label key={operator} className="target small">
            <input
              type="checkbox"
              checked={chosen.includes(operator)}
              onChange={({ target }) => toggle(operator, target.checked)}
            />
            <span>
              {operator}
              <small className="faint">{reason}</small>
            </span>
          </label>
        ))}
        {recipe.keepNodes.length > 0 && (
          <span className="small" title={recipe.keepNodes.join('\n')}>
            and {recipe.keepNodes.length} named {recipe.keepNodes.length === 1 ? 'layer' : 'layers'}{' '}
            <Button kind="plain" onClick={() => onChange({ keepNodes: [] })}>
              Forget them
            </Button>
          </span>
        )}
      </div>
    </ChoiceRow>
  )
}
