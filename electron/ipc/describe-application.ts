// What the window says of the app itself. The supported runtime is the one package.json asks for; another one is named.
import { devDependencies } from '../../package.json'
import type { Machine } from '../../shared/domain/fingerprint.ts'
import type { AppDescription } from '../../shared/ipc/contract.ts'

export interface ApplicationFacts {
  readonly version: string
  readonly electronVersion: string
  readonly dataFolder: string
}

const supportedMajor = majorOf(devDependencies.electron)

export function describeApplication(facts: ApplicationFacts, machine: Pick<Machine, 'physicalCores'>): AppDescription {
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
