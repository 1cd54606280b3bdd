import type { HandlerContext } from '../handler-context.ts'
import type { Handlers } from '../router.ts'

type ArtifactHandlers = Pick<Handlers, 'artifacts:list' | 'artifact:log' | 'artifact:remove'>

export function artifactHandlers({ services, broadcast }: HandlerContext): ArtifactHandlers {
  return {
    'artifacts:list': () => services.artifacts.list(),
    'artifact:log': async ({ key }) => ({ text: await services.artifacts.log(key) }),
    'artifact:remove': async ({ key }) => {
      await services.artifacts.remove(key)
      broadcast.emitArtifactsChanged()
      return {}
    },
  }
}
