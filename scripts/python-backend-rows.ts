// The part of each Python backend's row that its worker needs: its name, the precisions it may claim on some machine,
// what its option `tuned` sets, and whether it feeds any input.
import { backendRows, pythonBackends } from '../shared/domain/backend.ts'
import { backendMeasuring } from '../shared/domain/backend-measuring.ts'

export const backendRowsPurpose =
  'What each Python backend is called, what it may claim on some machine, which feed any input, and what `tuned` sets.'

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
    [
      'FEED_ANY_INPUT = (',
      ...pythonBackends.filter((id) => backendRows[id].feedsAnyInput).map((id) => `    "${id}",`),
      ')',
    ].join('\n'),
    ['TUNED_SETTINGS: dict[str, str] = {', ...tuned, '}'].join('\n'),
  ]
}

function tuple(values: readonly string[]): string {
  return `(${values.map((value) => `"${value}"`).join(', ')}${values.length === 1 ? ',' : ''})`
}
