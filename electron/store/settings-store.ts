// The user's settings in one small file. A damaged file is moved aside, never deleted, and defaults take its place.
import { readFile, rename } from 'node:fs/promises'
import { type Settings, settingsSchema } from '../../shared/ipc/contract.ts'
import type { SettingsStore } from '../services.ts'
import { errorCode, jsonText, writeAtomically } from './atomic-file.ts'

export const defaultSettings: Settings = { theme: 'system', lastPlan: null }

export function createSettingsStore(file: string): SettingsStore {
  return {
    async read() {
      const text = await readFile(file, 'utf8').catch((error: unknown) => {
        if (errorCode(error) === 'ENOENT') return null
        throw error
      })
      if (text === null) return defaultSettings
      try {
        return settingsSchema.parse(JSON.parse(text))
      } catch {
        await rename(file, `${file}.damaged`)
        return defaultSettings
      }
    },
    write: (settings) => writeAtomically(file, jsonText(settings)),
  }
}
