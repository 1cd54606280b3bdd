// Artifacts of conversions on disk: the list, one artifact's log and recipe, and removing one.
import { useMutation, useQuery } from '@tanstack/react-query'
import { create } from 'zustand'
import type { Artifact } from '../../shared/domain/artifact.ts'
import type { Recipe } from '../../shared/domain/recipe.ts'
import { request } from '../api.ts'
import { queryClient } from './query-client.ts'

const key = ['artifacts']

export function useArtifacts() {
  return useQuery({ queryKey: key, queryFn: () => request('artifacts:list', {}) })
}

export function artifactsChanged(): void {
  for (const list of ['artifacts', 'unreadable']) void queryClient.invalidateQueries({ queryKey: [list] })
}

/** Shown immediately; the application's own list follows with its next change. */
export function artifactMade(artifact: Artifact): void {
  queryClient.setQueryData<readonly Artifact[]>(key, (known) =>
    known ? [...known.filter((each) => each.key !== artifact.key), artifact] : known,
  )
}

export function useArtifactLog(artifactKey: string | null) {
  return useQuery({
    queryKey: ['artifact-log', artifactKey],
    queryFn: () => request('artifact:log', { key: artifactKey ?? '' }),
    enabled: artifactKey !== null,
  })
}

/** Null asks for nothing. Opening an engine takes seconds, so an answer is kept until the window closes. */
export function useInspection(artifactKey: string | null) {
  return useQuery({
    queryKey: ['artifact-inspection', artifactKey],
    queryFn: () => request('artifact:inspect', { key: artifactKey ?? '' }),
    enabled: artifactKey !== null,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  })
}

interface OpenLayers {
  /** For people: `Digits, TensorRT FP16 engine`. */
  readonly title: string
  readonly artifactKey: string
}

export const useOpenLayers = create<{ readonly layers: OpenLayers | null }>(() => ({ layers: null }))

export function showLayers(layers: OpenLayers | null): void {
  useOpenLayers.setState({ layers })
}

export function useRemoveArtifact() {
  return useMutation({
    mutationFn: (artifactKey: string) => request('artifact:remove', { key: artifactKey }),
    onSuccess: artifactsChanged,
  })
}

/** The recipe that would make it again. */
export function recipeOfArtifact(artifactKey: string): Promise<Recipe> {
  return request('recipe:of-artifact', { key: artifactKey })
}

/** Asks for the target folder; null if the dialog was closed. */
export function useSaveRecipe() {
  return useMutation({ mutationFn: (recipe: Recipe) => request('recipe:save', { recipe }) })
}

export function useReadRecipe() {
  return useMutation({ mutationFn: () => request('recipe:choose-file', {}) })
}
