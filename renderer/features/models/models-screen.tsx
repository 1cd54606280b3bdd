// Models: what needs attention, each model's way from PyTorch to a proved engine, and the chosen artifact beside it.
import { Drawer } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useMemo, useState } from 'react'
import { Button } from '../../components/button.tsx'
import { RemedyStrip } from '../../components/remedy-strip.tsx'
import { TopBar } from '../../components/top-bar.tsx'
import { errorRecord } from '../../format/error.ts'
import { useArtifacts, useReadRecipe } from '../../state/artifacts.ts'
import { useBackends } from '../../state/backends.ts'
import { useConversions } from '../../state/conversions.ts'
import { chooseRow, useModelSelection } from '../../state/model-selection.ts'
import { chooseModelFile, useChosenFiles, useModels } from '../../state/models.ts'
import { usePythonEnvironments } from '../../state/python-environment.ts'
import { draftRecipe, useRecipeDraft } from '../../state/recipe-draft.ts'
import { useScreenKeys } from '../../state/screen-keys.ts'
import { ChosenInspector } from './chosen-inspector.tsx'
import { ComparisonPanel } from './comparison-panel.tsx'
import { conversionObstacle } from './convert-defaults.ts'
import { ConvertModal } from './convert-modal.tsx'
import { LogDrawer } from './log-drawer.tsx'
import { findChosen, modelEntries, modelRowKey, rowKeys } from './model-entries.ts'
import { ModelList } from './model-list.tsx'
import { troubleOf } from './remedies.ts'
import { useRowActions } from './row-actions.ts'
import { artifactOf } from './track-rows.ts'

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
        <Button onClick={add} shortcut="N">
          Add model
        </Button>
      </TopBar>
      <main className="page models-page" aria-label="Models">
        <div className="models-column">
          {error != null && <RemedyStrip error={errorRecord(error)} />}
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
      <LogDrawer />
    </>
  )
}

/** Enter presses the control that has the focus; only elsewhere is it the row's. */
function focusIsFree(): boolean {
  const focused = document.activeElement
  return !(focused instanceof HTMLButtonElement || focused instanceof HTMLAnchorElement) || focused.ariaPressed !== null
}
