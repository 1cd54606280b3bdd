// Plugin libraries of the user's. A library is code, so the user consents first; it is copied into a folder of the app
// named by its hash, never loaded here. Recipes name it by the hash, and an artifact that needs it has its own copy.
// Every copy's bytes are checked before it is used, here and in the worker that loads it. Throws BenchErrors
// `untrusted-engine`, `missing-artifact`, `bad-usage`.
import { chmod, copyFile, mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { BenchError, type BenchErrorCode } from '../../shared/domain/bench-error.ts'
import type { PluginFile, PluginLibrary } from '../../shared/domain/plugin.ts'
import { fileSha256 } from '../inputs/file-hash.ts'
import type { PluginStore } from '../services.ts'
import { makeFolder, syncFile, writing } from '../store/atomic-file.ts'
import { removeLeftovers, unfinishedName } from '../store/leftovers.ts'

/** Loaders go by the extension. The user's own name never becomes part of a path. */
const copyName = process.platform === 'win32' ? 'plugin.dll' : 'plugin.so'

export function createPluginStore(folder: string): PluginStore {
  return {
    async add(file, consent) {
      if (!consent) throw untrusted(file)
      if (!(await stat(file).catch(() => null))?.isFile()) throw missing(file)
      await writing(folder, () => makeFolder(folder))
      await removeLeftovers(folder)
      const unfinished = join(folder, unfinishedName('plugin'))
      try {
        await writing(unfinished, () => mkdir(unfinished, { mode: 0o700 }))
        const copy = await copied(file, unfinished)
        if (!(await isSharedLibrary(copy))) throw notALibrary(file)
        const plugin = { name: basename(file), sha256: await fileSha256(copy) }
        const place = join(folder, plugin.sha256)
        const isThere = () => isWholePlugin({ ...plugin, file: join(place, copyName) })
        if (await isThere()) return plugin
        await rm(place, { recursive: true, force: true })
        await writing(place, () => rename(unfinished, place)).catch(async (error) => {
          // Another process may have put the same library there meanwhile.
          if (!(await isThere())) throw error
        })
        return plugin
      } finally {
        await rm(unfinished, { recursive: true, force: true })
      }
    },
    async find({ name, sha256 }) {
      const plugin = { name, sha256, file: join(folder, sha256, copyName) }
      if (!(await stat(plugin.file).catch(() => null))?.isFile()) throw notHere(plugin)
      if (!(await isWholePlugin(plugin))) throw changed(plugin)
      return plugin
    },
  }
}

/** Into the folder of the artifact that needs it. */
export async function pluginInFolder({ name, sha256, file }: PluginFile, folder: string): Promise<PluginFile> {
  const plugin = { name, sha256, file: await copied(file, folder) }
  if (!(await isWholePlugin(plugin))) throw changed(plugin)
  return plugin
}

export async function isWholePlugin({ file, sha256 }: PluginFile): Promise<boolean> {
  return (await fileSha256(file).catch(() => null)) === sha256
}

async function copied(file: string, folder: string): Promise<string> {
  const copy = join(folder, copyName)
  await writing(copy, () => copyFile(file, copy))
  await chmod(copy, 0o600)
  await syncFile(copy)
  return copy
}

/** ELF, or Windows' format. */
async function isSharedLibrary(file: string): Promise<boolean> {
  const handle = await open(file, 'r')
  try {
    const { buffer } = await handle.read(Buffer.alloc(4), 0, 4, 0)
    return buffer.toString('latin1') === '\x7fELF' || buffer.toString('latin1', 0, 2) === 'MZ'
  } finally {
    await handle.close()
  }
}

function untrusted(file: string): BenchError {
  return refused(
    'untrusted-engine',
    `${file} is a plugin library, and that is code: it runs on this machine whenever an engine that needs it is built or opened.`,
    'Use it only if you trust its maker, and confirm that: add --trust-plugin.',
  )
}

function missing(file: string): BenchError {
  return refused('missing-artifact', `${file} was not found.`, 'Check the path of the plugin library.')
}

function notALibrary(file: string): BenchError {
  const remedy = 'Name the library that holds the plugins: .so on Linux, .dll on Windows.'
  return refused('bad-usage', `${file} is not a shared library.`, remedy)
}

function notHere({ name, sha256 }: PluginLibrary): BenchError {
  return refused(
    'missing-artifact',
    `The plugin library ${name} (sha256 ${sha256.slice(0, 12)}…) is not on this machine.`,
    'Name its file with --plugin, or choose it in the Convert form.',
  )
}

export function changed({ name }: PluginLibrary): BenchError {
  return refused(
    'missing-artifact',
    `The private copy of the plugin library ${name} was changed: its bytes differ from those that you trusted.`,
    'Find out what changed it; then name the library again, or convert the model again.',
  )
}

function refused(code: BenchErrorCode, message: string, remedy: string): BenchError {
  return new BenchError({ code, stage: 'load', message, remedy })
}
