// Models known here: shipped manifests, and the ONNX files that the user chose in this session.
import { useQuery } from '@tanstack/react-query'
import { create } from 'zustand'
import type { ModelManifest } from '../../shared/domain/model.ts'
import { request } from '../api.ts'

export interface ChosenFile {
  /** Absolute path; the plan's `model`. */
  readonly file: string
  readonly manifest: ModelManifest
}

export const useChosenFiles = create<{ readonly files: readonly ChosenFile[] }>(() => ({ files: [] }))

export function useModels() {
  return useQuery({ queryKey: ['models'], queryFn: () => request('models:list', {}) })
}

export function useArtifacts() {
  return useQuery({ queryKey: ['artifacts'], queryFn: () => request('artifacts:list', {}) })
}

/** Opens the dialog; null when it was closed. Throws BenchError for a file that cannot be used. */
export async function chooseModelFile(): Promise<ChosenFile | null> {
  const chosen = await request('model:choose-file', {})
  if (chosen) {
    useChosenFiles.setState(({ files }) => ({
      files: [chosen, ...files.filter(({ file }) => file !== chosen.file)],
    }))
  }
  return chosen
}

/** The manifest of a plan's `model`: an id, or the path of a chosen file. */
export function findManifest(
  models: readonly ModelManifest[] | undefined,
  files: readonly ChosenFile[],
  model: string,
): ModelManifest | null {
  return models?.find(({ id }) => id === model) ?? files.find(({ file }) => file === model)?.manifest ?? null
}
