import { backendLabels } from '../../../shared/domain/backend.ts'
import { BenchError } from '../../../shared/domain/bench-error.ts'
import type { HandlerContext } from '../handler-context.ts'
import { licenceTextOf } from '../licence-text.ts'
import type { Handlers } from '../router.ts'

export function backendHandlers({ services }: HandlerContext): Pick<Handlers, 'backends:list' | 'licence:read'> {
  return {
    'backends:list': ({ refresh }) => services.backends.list({ refresh }),
    'licence:read': async ({ backend }) => {
      const text = licenceTextOf(backend)
      if (text) return text
      throw new BenchError({
        code: 'bad-usage',
        stage: 'setup',
        message: `${backendLabels[backend]} has no licence to accept.`,
        remedy: 'Install it without this step.',
      })
    },
  }
}
