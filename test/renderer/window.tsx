// Opens the whole window on a fake application, as main.tsx does, and cleans up after each test.
import './stand-ins.ts'
import { MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { cleanup, configure, render } from '@testing-library/react'
import { App } from '../../renderer/app.tsx'
import { useSettings } from '../../renderer/state/application.ts'
import { useOpenLayers } from '../../renderer/state/artifacts.ts'
import { useInstallation } from '../../renderer/state/backends.ts'
import { useConversionProgress, useOpenLog } from '../../renderer/state/conversions.ts'
import { connectEvents, takeUp } from '../../renderer/state/events.ts'
import { useChosenFiles, useModelSelection } from '../../renderer/state/models.ts'
import { useNoiseFloorWork } from '../../renderer/state/noise-floors.ts'
import { usePlanDraft } from '../../renderer/state/plan-draft.ts'
import { queryClient } from '../../renderer/state/query-client.ts'
import { useRecipeDraft } from '../../renderer/state/recipe-draft.ts'
import { useRunLive } from '../../renderer/state/run-live.ts'
import { theme } from '../../renderer/theme.ts'
import type { Scenario } from './scenarios.ts'

// A busy machine is no failure; and the whole page is no help in a message.
configure({
  asyncUtilTimeout: 10_000,
  getElementError: (message) => Object.assign(new Error(message ?? 'not found'), { name: 'NotFoundInWindow' }),
})

let disconnect: (() => void) | null = null

export async function openWindow({ bridge, path }: Scenario): Promise<void> {
  Object.assign(window, { enginebench: bridge })
  window.location.hash = path
  disconnect = connectEvents()
  await takeUp()
  render(
    <QueryClientProvider client={queryClient}>
      <MantineProvider theme={theme} defaultColorScheme="dark" env="test">
        <App />
      </MantineProvider>
    </QueryClientProvider>,
  )
}

export function closeWindow(): void {
  cleanup()
  disconnect?.()
  disconnect = null
  queryClient.clear()
  usePlanDraft.setState(usePlanDraft.getInitialState(), true)
  useChosenFiles.setState(useChosenFiles.getInitialState(), true)
  useConversionProgress.setState(useConversionProgress.getInitialState(), true)
  useModelSelection.setState(useModelSelection.getInitialState(), true)
  useOpenLog.setState(useOpenLog.getInitialState(), true)
  useOpenLayers.setState(useOpenLayers.getInitialState(), true)
  useRecipeDraft.setState(useRecipeDraft.getInitialState(), true)
  useInstallation.setState(useInstallation.getInitialState(), true)
  useNoiseFloorWork.setState(useNoiseFloorWork.getInitialState(), true)
  useRunLive.setState(useRunLive.getInitialState(), true)
  useSettings.setState(useSettings.getInitialState(), true)
}
