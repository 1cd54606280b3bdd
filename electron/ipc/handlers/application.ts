import { devDependencies } from '../../../package.json'
import type { Machine } from '../../../shared/domain/fingerprint.ts'
import type { AppDescription } from '../../../shared/ipc/contract.ts'
import type { ApplicationFacts, HandlerContext } from '../handler-context.ts'
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

// Requests about the app itself. The supported runtime is the one package.json asks for; any other is named.

const supportedMajor = majorOf(devDependencies.electron)

function describeApplication(facts: ApplicationFacts, machine: Pick<Machine, 'physicalCores'>): AppDescription {
  const major = majorOf(facts.electronVersion)
  return {
    version: facts.version,
    electron: facts.electronVersion,
    runtimeNotice: major < supportedMajor ? `fallback runtime, Electron ${major}, unsupported` : null,
    dataFolder: facts.dataFolder,
    recommendedThreads: Math.max(1, machine.physicalCores),
  }
}

function majorOf(version: string): number {
  return Number.parseInt(version.replace(/^\D+/, ''), 10)
}

/** Stores a plan only if it could be started: a stored plan is trusted after the next start. */
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
