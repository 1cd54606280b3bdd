// One of the engines that have what is compared.
import type { CaseRecord } from '../../../../shared/domain/run.ts'
import { caseName } from '../../../../shared/report/case-words.ts'
import { Mark } from '../../../components/backend-mark.tsx'

interface EnginePickerProps {
  readonly label: string
  readonly cases: readonly CaseRecord[]
  readonly value: CaseRecord
  readonly onChange: (caseKey: string) => void
}

export function EnginePicker({ label, cases, value, onChange }: EnginePickerProps) {
  return (
    <span className="engine-picker">
      <Mark backend={value.backend} precision={value.precision} radius={3.8} />
      <select
        className="field"
        aria-label={label}
        value={value.caseKey}
        onChange={({ target }) => onChange(target.value)}
      >
        {cases.map((each) => (
          <option key={each.caseKey} value={each.caseKey}>
            {caseName(each)}
          </option>
        ))}
      </select>
    </span>
  )
}
