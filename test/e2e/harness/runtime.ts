// Which program starts the app: the one named by the environment, else the runtime that set-up would choose.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

const repositoryFolder = join(import.meta.dirname, '../../..')

/** Holds package.json, out/ and models/. */
export const applicationFolder = process.env.ENGINEBENCH_TEST_APP ?? repositoryFolder

/** What the app needs in its environment in addition to the data folder. Root has no system sandbox to test. */
export const runtimeEnvironment: Readonly<Record<string, string>> =
  process.getuid?.() === 0 ? { ELECTRON_DISABLE_SANDBOX: '1' } : {}

let found: Promise<string> | null = null

export function findElectron(): Promise<string> {
  found ??= resolve()
  return found
}

async function resolve(): Promise<string> {
  const named = process.env.ELECTRON_OVERRIDE_DIST_PATH
  if (named) return join(named, 'electron')
  const script = join(repositoryFolder, 'scripts', 'electron-runtime.mjs')
  const { stdout } = await promisify(execFile)(process.execPath, [script, '--inspectable'])
  return join(stdout.trim(), 'electron')
}
