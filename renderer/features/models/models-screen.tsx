// Models: what needs attention, each model's track from PyTorch to a proved engine, and the chosen artifact next to the
// list.
import { Drawer } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useMemo, useState } from 'react'
import type { Artifact } from '../../../shared/domain/artifact.ts'
import type { BackendStatus } from '../../../shared/domain/backend.ts'
import { precisionLabel } from '../../../shared/domain/precision.ts'
import type { PythonEnvironment } from '../../../shared/ipc/contract.ts'
import { Button } from '../../components/button.tsx'
import { TopBar } from '../../components/page-frame.tsx'
import { RemedyStrip } from '../../components/remedy-strip.tsx'
import { artifactName, builderName, libraryName } from '../../format/artifact.ts'
import { errorRecord } from '../../format/error.ts'
import { showLayers, useArtifacts, useReadRecipe } from '../../state/artifacts.ts'
import { useBackends, usePythonEnvironments } from '../../state/backends.ts'
import { useConversions } from '../../state/conversions.ts'
import { chooseModelFile, chooseRow, useChosenFiles, useModelSelection, useModels } from '../../state/models.ts'
import { draftRecipe, useRecipeDraft } from '../../state/recipe-draft.ts'
import { useScreenKeys } from '../../state/screen-keys.ts'
import { UndoStrip, UnreadableList } from '../removals/unreadable-list.tsx'
import { ComparisonPanel } from './comparison-panel.tsx'
import { ConvertModal } from './convert-modal.tsx'
import { Inspector } from './inspector.tsx'
import { LayersDrawer } from './layers-drawer.tsx'
import { LogDrawer } from './log-drawer.tsx'
import { CompactRow, EmptyTrack, ModelBlock } from './model-block.tsx'
import { worstFigures } from './parity-panel.tsx'
import { keepNodes, troubleOf } from './remedies.ts'
import { conversionObstacle, type RowActions, useRowActions } from './row-actions.ts'
import { SourceModal } from './source-modal.tsx'
import {
  artifactOf,
  findChosen,
  headline,
  type ModelEntry,
  modelEntries,
  modelRowKey,
  rowKeys,
  sensitivityOf,
  type TrackRow,
} from './tracks.ts'

export function ModelsScreen() {
  const models = useModels()
  const artifacts = useArtifacts()
  const conversions = useConversions()
  const backendList = useBackends()
  const environments = usePythonEnvironments()
  const { files } = useChosenFiles()
  const { rowKey } = useModelSelection()
  const { recipe } = useRecipeDraft()
  const readRecipe = useReadRecipe()
  const wide = useMediaQuery('(min-width: 1280px)', true, { getInitialValueInEffect: false })
  const [table, setTable] = useState(false)
  const [drawer, setDrawer] = useState(false)
  const [failure, setFailure] = useState<unknown>(null)
  const [adding, setAdding] = useState(false)
  const backends = backendList.data ?? []
  const actions = useRowActions(backends)

  const entries = useMemo(
    () =>
      modelEntries({
        models: models.data ?? [],
        files,
        artifacts: artifacts.data ?? [],
        conversions: conversions.data ?? [],
      }),
    [models.data, files, artifacts.data, conversions.data],
  )
  const chosen = findChosen(entries, rowKey)
  const row = chosen?.row ?? null
  const chosenKey = chosen ? (row?.key ?? modelRowKey(chosen.entry.model)) : null
  const add = () => {
    setFailure(null)
    chooseModelFile().then((file) => file && chooseRow(modelRowKey(file.file)), setFailure)
  }
  const replay = () => readRecipe.mutate(undefined, { onSuccess: (read) => read && draftRecipe(read) })
  const move = (by: number) => {
    const keys = rowKeys(entries)
    const next = keys[(chosenKey === null ? -1 : keys.indexOf(chosenKey)) + by]
    if (next !== undefined) chooseRow(next)
  }
  const enter = () => {
    if (!chosen) return
    const trouble = row && troubleOf(row, chosen.entry.manifest, backends)
    const [fix] = trouble?.fixes ?? []
    if (row && fix) actions.fix(chosen.entry, row, fix)
    else if (row) setDrawer(!wide)
    else if (chosen.entry.manifest && conversionObstacle(chosen.entry.manifest, environments.data)) actions.openSetup()
    else actions.convert(chosen.entry)
  }
  useScreenKeys([
    { keys: ['↑', '↓'], label: 'artifact', bindings: { arrowup: () => move(-1), arrowdown: () => move(1) } },
    { keys: ['Enter'], label: 'convert or retry', bindings: { enter: () => focusIsFree() && enter() } },
    { keys: ['A'], label: 'add precision', bindings: { a: () => chosen && actions.addPrecision(chosen.entry) } },
    { keys: ['L'], label: 'log', bindings: { l: () => chosen && row && actions.openLog(chosen.entry, row) } },
    { keys: ['T'], label: 'table', bindings: { t: () => setTable(!table) } },
    { keys: ['B'], label: 'benchmark', bindings: { b: () => chosen && row && actions.benchmark(chosen.entry, row) } },
    { keys: ['N'], label: 'add an .onnx file', bindings: { n: add } },
    { keys: ['S'], label: 'add from a source', bindings: { s: () => setAdding(true) } },
    ...(row?.conversion?.state === 'running' || row?.conversion?.state === 'queued'
      ? [{ keys: ['Esc'], label: 'cancel', bindings: { escape: () => actions.cancel(row) } }]
      : []),
  ])
  const error = models.error ?? conversions.error ?? artifacts.error ?? actions.failure ?? readRecipe.error ?? failure
  const inspected = row && artifactOf(row)
  const inspector = chosen && row && inspected && (
    <ChosenInspector
      entry={chosen.entry}
      row={row}
      artifact={inspected}
      backends={backends}
      actions={actions}
      table={table}
    />
  )
  const drafted = recipe && entries.find(({ model }) => model === recipe.model)
  return (
    <>
      <TopBar crumbs={['Models']}>
        <span>drop an .onnx anywhere</span>
        <Button kind="plain" onClick={replay}>
          Open recipe
        </Button>
        <Button onClick={() => setAdding(true)} shortcut="S">
          Add from a source
        </Button>
        <Button onClick={add} shortcut="N">
          Add model
        </Button>
      </TopBar>
      <main className="page models-page" aria-label="Models">
        <div className="models-column">
          {error != null && <RemedyStrip error={errorRecord(error)} />}
          <UndoStrip />
          <ModelList
            entries={entries}
            loaded={models.isSuccess && !conversions.isPending && !artifacts.isPending}
            backends={backends}
            environments={environments.data}
            chosenKey={chosenKey}
            actions={actions}
            onChoose={(key) => {
              chooseRow(key)
              setDrawer(!wide)
            }}
          />
          <UnreadableList kinds={['artifact', 'conversion']} />
          {chosen && row && (
            <ComparisonPanel
              modelName={chosen.entry.name}
              artifacts={chosen.entry.artifacts}
              chosenKey={inspected?.key ?? null}
              table={table}
              onTable={setTable}
            />
          )}
        </div>
        {wide && inspector && (
          <aside className="inspector" aria-label="Chosen artifact">
            {inspector}
          </aside>
        )}
      </main>
      {!wide && inspector && (
        <Drawer opened={drawer} onClose={() => setDrawer(false)} position="right" size={400} title="Chosen artifact">
          {inspector}
        </Drawer>
      )}
      {recipe && (
        <ConvertModal
          recipe={recipe}
          modelName={drafted?.name ?? recipe.model}
          manifest={drafted?.manifest ?? null}
          backends={backends}
          onStart={actions.start}
        />
      )}
      {adding && (
        <SourceModal
          onAdded={(model) => {
            setAdding(false)
            chooseRow(modelRowKey(model))
          }}
          onClose={() => setAdding(false)}
        />
      )}
      <LogDrawer />
      <LayersDrawer artifacts={chosen?.entry.artifacts ?? []} />
    </>
  )
}

/** Enter presses the focused control; without one it acts on the row. */
function focusIsFree(): boolean {
  const focused = document.activeElement
  return !(focused instanceof HTMLButtonElement || focused instanceof HTMLAnchorElement) || focused.ariaPressed !== null
}

interface ModelListProps {
  readonly entries: readonly ModelEntry[]
  readonly loaded: boolean
  readonly backends: readonly BackendStatus[]
  readonly environments: readonly PythonEnvironment[] | undefined
  readonly chosenKey: string | null
  readonly actions: RowActions
  readonly onChoose: (rowKey: string) => void
}

/** Maximum length of a library's name in its column head; a longer one is shown in every row. */
const longestHead = 24

/** The headline, the column heads, a block for every model with a track and a line for every model without. */
function ModelList({ entries, loaded, backends, environments, chosenKey, actions, onChoose }: ModelListProps) {
  const tracked = entries.filter(({ rows }) => rows.length > 0)
  const others = entries.filter(({ rows }) => rows.length === 0)
  const engines = tracked.flatMap(({ rows }) => rows.flatMap(({ row }) => (row.engine ? [row.engine] : [])))
  const libraries = [...new Set(engines.map(libraryName))]
  const only = libraries.length === 1 ? libraries[0] : undefined
  const images = [
    ...new Set(engines.map((engine) => worstFigures(engine)?.imageCount).filter((count) => count != null)),
  ]
  const isEmpty = loaded && tracked.length === 0
  return (
    <>
      <h1>{loaded ? headline(tracked.flatMap(({ rows }) => rows.map(({ row }) => row))) : 'Loading the models'}</h1>
      {isEmpty && (
        <p className="quiet models-lead">
          One click takes a model from PyTorch to an engine whose precision is read from the engine itself, and whose
          outputs are compared with FP32. Every step is kept and reused.
        </p>
      )}
      <div className="track-head micro faint" aria-hidden="true">
        <span>PyTorch</span>
        <span>ONNX</span>
        <span>Precision</span>
        <span>{only !== undefined && only.length <= longestHead ? `Engine, ${only}` : 'Engine'}</span>
        <span>Proof from the engine</span>
        <span>{images.length === 1 ? `Parity, ${images[0]} images` : 'Parity'}</span>
      </div>
      {isEmpty && <EmptyTrack />}
      {tracked.map((entry) => (
        <ModelBlock
          key={entry.model}
          entry={entry}
          backends={backends}
          chosenKey={entry.rows.some(({ row }) => row.key === chosenKey) ? chosenKey : null}
          namesLibrary={only === undefined || only.length > longestHead}
          actions={actions}
          onChoose={onChoose}
        />
      ))}
      {others.length > 0 && (
        <ul className="compact-rows" aria-label="Models without a conversion">
          {others.map((entry) => (
            <CompactRow
              key={entry.model}
              entry={entry}
              chosen={chosenKey === modelRowKey(entry.model)}
              obstacle={entry.manifest && conversionObstacle(entry.manifest, environments)}
              offer={offerOf(entry, backends, actions)}
              actions={actions}
              onChoose={() => onChoose(modelRowKey(entry.model))}
            />
          ))}
        </ul>
      )}
    </>
  )
}

function offerOf(entry: ModelEntry, backends: readonly BackendStatus[], actions: RowActions): string | null {
  const recipe = actions.defaultsOf(entry)
  return recipe ? `to ${builderName(recipe.to, backends)}, ${precisionLabel(recipe.precision)}` : null
}

interface ChosenInspectorProps {
  readonly entry: ModelEntry
  readonly row: TrackRow
  readonly artifact: Artifact
  readonly backends: readonly BackendStatus[]
  readonly actions: RowActions
  readonly table: boolean
}

/** The inspector of the chosen row, with the actions of its buttons. */
function ChosenInspector({ entry, row, artifact, backends, actions, table }: ChosenInspectorProps) {
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
      onLayers={() =>
        showLayers({ title: `${entry.name}, ${artifactName(artifact)}`, artifactKey: artifact.key ?? artifact.sha256 })
      }
      onLog={() => actions.openLog(entry, row)}
      onRemove={() => actions.remove(row)}
      onKeepLayers={(names) => actions.rebuild(row, (recipe) => keepNodes(recipe, names))}
    />
  )
}
