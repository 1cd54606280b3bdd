// The application, this machine, and the user's settings.
import { useQuery } from '@tanstack/react-query'
import { create } from 'zustand'
import type { Settings } from '../../shared/ipc/contract.ts'
import { request } from '../api.ts'
import { queryClient } from './query-client.ts'

const description = { queryKey: ['app'], queryFn: () => request('app:describe', {}) }

/** The application and this machine; neither changes while the window is open. */
export function useAppDescription() {
  return useQuery(description)
}

/** The same, for code outside a view. */
export function readAppDescription() {
  return queryClient.ensureQueryData(description)
}

export function useMachine() {
  return useQuery({ queryKey: ['machine'], queryFn: () => request('machine:describe', {}) })
}

interface SettingsState {
  readonly settings: Settings
  readonly loaded: boolean
}

/** The user's settings, read once at start and written when they change. The theme provider follows `theme`. */
export const useSettings = create<SettingsState>(() => ({
  settings: { theme: 'dark', lastPlan: null },
  loaded: false,
}))

export async function loadSettings(): Promise<void> {
  try {
    useSettings.setState({ settings: await request('settings:read', {}), loaded: true })
  } catch {
    // Unreadable settings must not keep the user out; the defaults apply and nothing is overwritten.
    useSettings.setState({ loaded: true })
  }
}

export async function changeSettings(change: Partial<Settings>): Promise<void> {
  const settings = { ...useSettings.getState().settings, ...change }
  useSettings.setState({ settings })
  await request('settings:write', settings)
}
