import type { ModelSources } from '../../electron/models/model-sources.ts'

/** For a catalog that is asked for no model from a source. */
export const noModelSources: ModelSources = {
  find: () => Promise.reject(new Error('No source is known here.')),
  trust: () => Promise.reject(new Error('No source is known here.')),
}
