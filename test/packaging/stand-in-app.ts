// A folder in place of the packaged app, for tests of what is put around it: its programs say how they were started.
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** A folder that every user of this machine may read. */
export async function makeReadableFolder(prefix: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), prefix))
  await chmod(folder, 0o755)
  return folder
}

export async function makeStandInApp(folder: string): Promise<string> {
  const files: readonly (readonly [string, string, number])[] = [
    ['enginebench', '#!/bin/sh\necho "window: $*"\n', 0o755],
    ['chrome-sandbox', 'the helper', 0o755],
    ['resources/app.asar', 'the app', 0o600],
    ['resources/electron/python/worker.py', 'pass\n', 0o644],
    [
      'resources/app.asar.unpacked/out/cli/enginebench.cjs',
      'console.log("command line:", process.argv.slice(2).join(" "))\n',
      0o644,
    ],
  ]
  for (const [name, text, mode] of files) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), text)
    await chmod(join(folder, name), mode)
  }
  return folder
}

export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 })
}
