// The part of each Python backend's row that its worker needs: its name, and the precisions it may claim on some
// machine.
import { backendRows, pythonBackends } from '../shared/domain/backend.ts'

export const backendRowsPurpose = 'What each Python backend is called, and what it may claim on some machine.'

export function backendRowBlocks(): readonly string[] {
  const rows = pythonBackends.map((id) => {
    const { label, precisions, devices } = backendRows[id]
    return `    "${id}": BackendRow("${label}", ${tuple(precisions)}, ${tuple(devices)}),`
  })
  const fields = ['    label: str', '    precisions: tuple[Precision, ...]', '    devices: tuple[Device, ...]']
  return [
    ['@dataclass(frozen=True)', 'class BackendRow:', ...fields].join('\n'),
    ['BACKEND_ROWS: dict[str, BackendRow] = {', ...rows, '}'].join('\n'),
  ]
}

function tuple(values: readonly string[]): string {
  return `(${values.map((value) => `"${value}"`).join(', ')}${values.length === 1 ? ',' : ''})`
}
