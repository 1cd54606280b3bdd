// Models known here, and the row chosen on the Models screen.
import { useQuery } from '@tanstack/react-query'
import { create } from 'zustand'
import type { ModelManifest } from '../../shared/domain/model.ts'
import { openDropped, request } from '../api.ts'

/** Models known here: shipped manifests, and the ONNX files and model sources that the user chose in this session. */
export interface ChosenFile {
  /** Absolute path, or the reference of a source; the plan's `model`. */
  readonly file: string
  readonly manifest: ModelManifest
}

export const useChosenFiles = create<{ readonly files: readonly ChosenFile[] }>(() => ({ files: [] }))

export function useModels() {
  return useQuery({ queryKey: ['models'], queryFn: () => request('models:list', {}) })
}

/** Opens the dialog; null if it was closed. Throws BenchError for a file that cannot be used. */
export async function chooseModelFile(): Promise<ChosenFile | null> {
  const chosen = await request('model:choose-file', {})
  if (chosen) keep(chosen)
  return chosen
}

/** A file dropped on the window. Throws BenchError for one that cannot be used. */
export async function openDroppedFile(file: File): Promise<ChosenFile> {
  const chosen = await openDropped(file)
  keep(chosen)
  return chosen
}

/** The path of a model's folder or of a Python file; null if the dialog was closed. */
export async function chooseSourcePath(of: 'folder' | 'module'): Promise<string | null> {
  return (await request('model:choose-source-path', { of }))?.path ?? null
}

/**
 * Reads a source and runs its network once; keeps nothing here.
 * @param consent the user has read that the source is code, and trusts its maker.
 */
export function inspectSource(model: string, consent: boolean): Promise<ChosenFile> {
  return request('model:inspect-source', { model, consent })
}

export function keepModel(chosen: ChosenFile): void {
  keep(chosen)
}

function keep(chosen: ChosenFile): void {
  useChosenFiles.setState(({ files }) => ({
    files: [chosen, ...files.filter(({ file }) => file !== chosen.file)],
  }))
}

/** The manifest of a plan's `model`: an id, or the path of a chosen file. */
export function findManifest(
  models: readonly ModelManifest[] | undefined,
  files: readonly ChosenFile[],
  model: string,
): ModelManifest | null {
  return models?.find(({ id }) => id === model) ?? files.find(({ file }) => file === model)?.manifest ?? null
}

/**
 * The row chosen on Models: an artifact, a conversion, or a model without either. Kept while other screens are shown.
 */
export const useModelSelection = create<{ readonly rowKey: string | null }>(() => ({ rowKey: null }))

export function chooseRow(rowKey: string | null): void {
  useModelSelection.setState({ rowKey })
}
