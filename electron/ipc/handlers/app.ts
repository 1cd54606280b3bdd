import type { HandlerContext } from '../handler-context.ts'
import type { Handlers } from '../router.ts'

export function appHandlers({
  application,
  services,
}: HandlerContext): Pick<Handlers, 'app:describe' | 'machine:describe' | 'artifacts:list'> {
  return {
    'app:describe': async () => application,
    'machine:describe': () => services.machine(),
    'artifacts:list': () => services.artifacts(),
  }
}
