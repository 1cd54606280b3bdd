import type { HandlerContext } from '../handler-context.ts'
import type { Handlers } from '../router.ts'

type ConversionHandlers = Pick<
  Handlers,
  | 'conversion:check'
  | 'conversion:start'
  | 'conversion:cancel'
  | 'conversion:retry'
  | 'conversion:dismiss'
  | 'conversion:list'
  | 'conversion:log'
>

/** Later events of a conversion are sent by conversion-relay.ts. */
export function conversionHandlers({ services, broadcast, allowedPaths }: HandlerContext): ConversionHandlers {
  const { conversions } = services
  return {
    'conversion:check': async ({ recipe }) => {
      allowedPaths.checkRecipe(recipe)
      return conversions.check(recipe)
    },
    'conversion:start': async ({ recipe }) => {
      allowedPaths.checkRecipe(recipe)
      return { conversionId: (await conversions.start(recipe)).conversionId }
    },
    'conversion:cancel': async ({ conversionId }) => {
      await conversions.cancel(conversionId)
      return {}
    },
    'conversion:retry': async ({ conversionId }) => ({
      conversionId: (await conversions.retry(conversionId)).conversionId,
    }),
    'conversion:dismiss': async ({ conversionId }) => {
      await conversions.dismiss(conversionId)
      return {}
    },
    'conversion:list': async () => {
      broadcast.flush()
      return conversions.list()
    },
    'conversion:log': async ({ conversionId, step }) => {
      broadcast.flush()
      return { entries: [...(await conversions.log(conversionId, step))] }
    },
  }
}

type ArtifactHandlers = Pick<Handlers, 'artifacts:list' | 'artifact:log' | 'artifact:inspect' | 'artifact:remove'>

export function artifactHandlers({ services, broadcast }: HandlerContext): ArtifactHandlers {
  return {
    'artifacts:list': () => services.artifacts.list(),
    'artifact:log': async ({ key }) => ({ text: await services.artifacts.log(key) }),
    'artifact:inspect': ({ key }) => services.inspector.inspectArtifact(key),
    'artifact:remove': async ({ key }) => {
      await services.artifacts.remove(key)
      broadcast.emitArtifactsChanged()
      return {}
    },
  }
}
