// The inspector of the chosen row, with what its buttons do.
import type { Artifact } from '../../../shared/domain/artifact.ts'
import type { BackendStatus } from '../../../shared/domain/backend.ts'
import { Inspector } from './inspector.tsx'
import type { ModelEntry } from './model-entries.ts'
import { keepNodes } from './remedies.ts'
import type { RowActions } from './row-actions.ts'
import { sensitivityOf, type TrackRow } from './track-rows.ts'

interface ChosenInspectorProps {
  readonly entry: ModelEntry
  readonly row: TrackRow
  readonly artifact: Artifact
  readonly backends: readonly BackendStatus[]
  readonly actions: RowActions
  readonly table: boolean
}

export function ChosenInspector({ entry, row, artifact, backends, actions, table }: ChosenInspectorProps) {
  return (
    <Inspector
      key={artifact.sha256}
      modelName={entry.name}
      artifact={artifact}
      all={entry.artifacts}
      manifest={entry.manifest}
      sensitivity={sensitivityOf(row)}
      available={backends.filter(({ available }) => available).map(({ id }) => id)}
      table={table}
      onBenchmark={() => actions.benchmark(entry, row)}
      onCopyRecipe={() => actions.copyRecipe(row)}
      onSaveRecipe={() => actions.saveRecipe(row)}
      onLog={() => actions.openLog(entry, row)}
      onRemove={() => actions.remove(row)}
      onKeepLayers={(names) => actions.rebuild(row, (recipe) => keepNodes(recipe, names))}
    />
  )
}
