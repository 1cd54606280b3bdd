// The user's settings, read once at start and written when they change. The theme provider follows `theme`.
import { create } from 'zustand'
import type { Settings } from '../../shared/ipc/contract.ts'
import { request } from '../api.ts'

interface SettingsState {
  readonly settings: Settings
  readonly loaded: boolean
}

export const useSettings = create<SettingsState>(() => ({
  settings: { theme: 'dark', lastPlan: null },
  loaded: false,
}))

export async function loadSettings(): Promise<void> {
  try {
    useSettings.setState({ settings: await request('settings:read', {}), loaded: true })
  } catch {
    // Unreadable settings are no reason to keep the user out; the defaults stand and nothing is overwritten.
    useSettings.setState({ loaded: true })
  }
}

export async function changeSettings(change: Partial<Settings>): Promise<void> {
  const settings = { ...useSettings.getState().settings, ...change }
  useSettings.setState({ settings })
  await request('settings:write', settings)
}
