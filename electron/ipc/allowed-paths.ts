// Which paths of this machine the window may name in a plan: those a dialog returned, those inside the shipped
// folders, and those of the last plan that was accepted. Text only: a path that no longer exists is someone else's error.
import { isAbsolute, resolve, sep } from 'node:path'
import { BenchError } from '../../shared/domain/bench-error.ts'
import type { Plan } from '../../shared/domain/plan.ts'

export interface AllowedPaths {
  allow(path: string): void
  allowPlan(plan: Plan): void
  /** Throws BenchError `bad-usage` when the plan names a path that was never given to the window. */
  check(plan: Plan): void
}

export function createAllowedPaths(shippedFolders: readonly string[]): AllowedPaths {
  const allowed = new Set<string>()
  const roots = shippedFolders.map((folder) => resolve(folder) + sep)

  const isAllowed = (path: string) => {
    const absolute = resolve(path)
    return allowed.has(absolute) || roots.some((root) => (absolute + sep).startsWith(root))
  }

  return {
    allow(path) {
      allowed.add(resolve(path))
    },
    allowPlan(plan) {
      for (const path of pathsOf(plan)) allowed.add(resolve(path))
    },
    check(plan) {
      const foreign = pathsOf(plan).find((path) => !isAbsolute(path) || !isAllowed(path))
      if (foreign === undefined) return
      throw new BenchError({
        code: 'bad-usage',
        stage: 'plan',
        message: `The path “${foreign}” was not chosen in this window.`,
        remedy: 'Choose the file or folder with the button beside it.',
      })
    },
  }
}

/** A model is either a manifest's id or a path; an id holds no separator. */
function pathsOf(plan: Plan): readonly string[] {
  return [
    ...(/[/\\]/.test(plan.model) ? [plan.model] : []),
    ...(plan.imageFolder === null ? [] : [plan.imageFolder]),
    ...(plan.weights.kind === 'folder' ? [plan.weights.folder] : []),
  ]
}
