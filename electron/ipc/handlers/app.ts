import { describeApplication } from '../describe-application.ts'
import type { HandlerContext } from '../handler-context.ts'
import type { Handlers } from '../router.ts'

export function appHandlers({
  application,
  services,
}: HandlerContext): Pick<Handlers, 'app:describe' | 'machine:describe'> {
  return {
    'app:describe': async () => describeApplication(application, await services.machine()),
    'machine:describe': () => services.machine(),
  }
}
