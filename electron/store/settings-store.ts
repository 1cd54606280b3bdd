// The user's settings in one small file. A damaged file, or a pipe in its place, is moved aside,
// never deleted, and defaults take its place.
import { rename } from 'node:fs/promises'
import { type Settings, settingsSchema } from '../../shared/ipc/contract.ts'
import type { SettingsStore } from '../services.ts'
import { errorCode, jsonText, writeAtomically } from './atomic-file.ts'
import { largestBytes, readTextFile, UnsuitableFile } from './regular-file.ts'

export const defaultSettings: Settings = { theme: 'system', lastPlan: null }

export function createSettingsStore(file: string): SettingsStore {
  return {
    async read() {
      const text = await readTextFile(file, largestBytes.small).catch((error: unknown) => {
        if (errorCode(error) === 'ENOENT') return null
        if (error instanceof UnsuitableFile) return ''
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
