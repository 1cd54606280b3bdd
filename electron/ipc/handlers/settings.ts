import type { HandlerContext } from '../handler-context.ts'
import type { Handlers } from '../router.ts'

/** A plan can only be stored if it could be started: what is stored is trusted after the next start. */
export function settingsHandlers({
  services,
  allowedPaths,
  applyTheme,
}: HandlerContext): Pick<Handlers, 'settings:read' | 'settings:write'> {
  return {
    'settings:read': () => services.settings.read(),
    'settings:write': async (settings) => {
      if (settings.lastPlan) allowedPaths.check(settings.lastPlan)
      await services.settings.write(settings)
      applyTheme(settings.theme)
      return {}
    },
  }
}
