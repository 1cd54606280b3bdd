// The part of each Python backend's row that its worker needs: its name, the precisions it may claim on some machine,
// and what its option `tuned` sets.
import { backendRows, pythonBackends } from '../shared/domain/backend.ts'
import { backendMeasuring } from '../shared/domain/backend-measuring.ts'

export const backendRowsPurpose =
  'What each Python backend is called, what it may claim on some machine, and what `tuned` sets.'

export function backendRowBlocks(): readonly string[] {
  const rows = pythonBackends.map((id) => {
    const { label, precisions, devices } = backendRows[id]
    return `    "${id}": BackendRow("${label}", ${tuple(precisions)}, ${tuple(devices)}),`
  })
  const fields = ['    label: str', '    precisions: tuple[Precision, ...]', '    devices: tuple[Device, ...]']
  const tuned = pythonBackends.flatMap((id) => {
    const settings = backendMeasuring[id].tuned
    return settings === null ? [] : [`    "${id}": "${settings}",`]
  })
  return [
    ['@dataclass(frozen=True)', 'class BackendRow:', ...fields].join('\n'),
    ['BACKEND_ROWS: dict[str, BackendRow] = {', ...rows, '}'].join('\n'),
    ['TUNED_SETTINGS: dict[str, str] = {', ...tuned, '}'].join('\n'),
  ]
}

function tuple(values: readonly string[]): string {
  return `(${values.map((value) => `"${value}"`).join(', ')}${values.length === 1 ? ',' : ''})`
}
