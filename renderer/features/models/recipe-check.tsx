// What a recipe would do before it does it: which steps are already there, what stands in its way, what to know.
import type { ConversionCheck, ConversionStepName } from '../../../shared/domain/conversion.ts'
import { Glyph } from '../../components/glyph.tsx'
import { RemedyStrip } from '../../components/remedy-strip.tsx'
import { errorRecord } from '../../format/error.ts'

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

export function RecipeCheck({ check, failure, pending }: RecipeCheckProps) {
  return (
    <section aria-label="What it would do" aria-busy={pending} aria-live="polite">
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
                <span className="faint right">{cached ? 'cached' : stops ? 'not here' : 'to do'}</span>
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
  if (!check) return 'Looking at what is there'
  if (check.refusals.length > 0) return 'It cannot start like this'
  const left = check.steps.filter(({ cached }) => !cached).length
  return left === 0 ? 'Everything is here already' : `${left} of ${check.steps.length} steps to do`
}
