// Ctrl K: lists every screen, model, run and currently available action by name.
import { Spotlight, type SpotlightActionGroupData } from '@mantine/spotlight'
import { visibleLine } from '../shared/domain/visible-text.ts'
import { moment } from './format/quantity.ts'
import { changeSettings } from './state/application.ts'
import { useBackends } from './state/backends.ts'
import { useModels } from './state/models.ts'
import { goTo } from './state/place.ts'
import { beginPlan, chooseModel } from './state/plan-draft.ts'
import { useOpenFolder, useRuns } from './state/runs.ts'

export function Palette() {
  const runs = useRuns()
  const models = useModels()
  const backends = useBackends()
  const openFolder = useOpenFolder()
  const ready = (backends.data ?? []).filter(({ available }) => available).map(({ id }) => id)
  const groups: SpotlightActionGroupData[] = [
    {
      group: 'Actions',
      actions: [
        { id: 'setup', label: 'Open Setup', onClick: () => goTo('setup') },
        { id: 'models', label: 'Open Models', onClick: () => goTo('models') },
        { id: 'benchmark', label: 'Open Benchmark', onClick: () => goTo('benchmark') },
        { id: 'results', label: 'Open Results', onClick: () => goTo('results') },
        { id: 'compare', label: 'Compare runs', onClick: () => goTo('compare') },
        { id: 'decide', label: 'Decide what to ship', onClick: () => goTo('decide') },
        { id: 'runs', label: 'List all runs', onClick: () => goTo('runs') },
        { id: 'report', label: 'Open Report', onClick: () => goTo('report') },
        {
          id: 'folder',
          label: 'Open a run folder',
          onClick: () => openFolder.mutate(undefined, { onSuccess: (run) => run && goTo('results', run.runId) }),
        },
        { id: 'dark', label: 'Dark theme', onClick: () => void changeSettings({ theme: 'dark' }) },
        { id: 'light', label: 'Light theme', onClick: () => void changeSettings({ theme: 'light' }) },
        { id: 'system', label: 'System theme', onClick: () => void changeSettings({ theme: 'system' }) },
      ],
    },
    {
      group: 'Models',
      actions: (models.data ?? []).map((manifest) => ({
        id: `model-${manifest.id}`,
        label: visibleLine(`Benchmark ${manifest.name}`),
        description: manifest.id,
        onClick: () =>
          void beginPlan().then(() => {
            chooseModel(manifest.id, manifest, ready)
            goTo('benchmark')
          }),
      })),
    },
    {
      group: 'Runs',
      actions: (runs.data ?? []).map((run) => ({
        id: `run-${run.runId}`,
        label: visibleLine(run.modelName),
        description: `${moment(run.createdAt)} · ${run.preset} · ${run.state}`,
        keywords: [run.runId],
        onClick: () => goTo('results', run.runId),
      })),
    },
  ]
  return (
    <Spotlight
      actions={groups}
      shortcut="mod + K"
      limit={30}
      scrollable
      maxHeight={420}
      transitionProps={{ duration: 0 }}
      overlayProps={{ blur: 0, backgroundOpacity: 0.5 }}
      nothingFound="No match"
      searchProps={{ placeholder: 'Find a model, run or action', 'aria-label': 'Find a model, run or action' }}
    />
  )
}
