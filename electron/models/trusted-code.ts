// The user's own Python as a model source. It is code, so the user consents to exactly the bytes of the file and of what
// it can import from its folder; other bytes need another consent. Here it is only read and hashed; the worker that runs
// it compares the bytes again. Throws BenchErrors `untrusted-code`, `unknown-model`.
import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { BenchError } from '../../shared/domain/bench-error.ts'
import type { CodeFile } from '../../shared/domain/model-source.ts'
import { fileSha256, valueSha256 } from '../inputs/file-hash.ts'
import { jsonText, writeAtomically } from '../store/atomic-file.ts'
import { largestBytes, readTextFile } from '../store/regular-file.ts'

/** A folder with more is not a model's. */
const mostFiles = 1000

export interface ReadCode {
  readonly files: readonly CodeFile[]
  /** Over all of them. */
  readonly sha256: string
}

/** The file, the Python files beside it, and the packages beside it. */
export async function readCode(file: string): Promise<ReadCode> {
  const found = await stat(file).catch(() => null)
  if (!found?.isFile()) {
    throw refused('unknown-model', `${file} was not found.`, 'Check the path of the Python file.')
  }
  const folder = dirname(file)
  const names = await pythonFiles(folder)
  const paths = [...new Set([file, ...names.map((name) => join(folder, name))])].sort()
  if (paths.length > mostFiles) {
    const message = `The folder of ${basename(file)} holds more than ${mostFiles} Python files.`
    throw refused('bad-usage', message, 'Put the file and what it imports into a folder of their own.')
  }
  const files: CodeFile[] = []
  for (const path of paths) files.push({ file: path, sha256: await fileSha256(path) })
  return { files, sha256: valueSha256(files) }
}

/** Relative; a package is a folder with an __init__.py. */
async function pythonFiles(folder: string, isPackage = false): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  if (isPackage && !entries.some(({ name }) => name === '__init__.py')) return []
  const own = entries.filter((entry) => entry.isFile() && entry.name.endsWith('.py')).map(({ name }) => name)
  const inside = await Promise.all(
    entries
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== '__pycache__')
      .map(async ({ name }) => (await pythonFiles(join(folder, name), true)).map((each) => join(name, each))),
  )
  return [...own, ...inside.flat()]
}

export interface TrustedCode {
  has(code: ReadCode): Promise<boolean>
  /** After the user has read that the file is code, and trusts its maker. */
  add(code: ReadCode, file: string): Promise<void>
}

/** One small file for each consent, named by the hash of the code. */
export function createTrustedCode(folder: string, utcNow: () => Date): TrustedCode {
  const markOf = ({ sha256 }: ReadCode) => join(folder, `${sha256}.json`)
  return {
    has: async (code) =>
      (await readTextFile(markOf(code), largestBytes.small).catch(() => null))?.includes(code.sha256) === true,
    add: (code, file) =>
      writeAtomically(markOf(code), jsonText({ sha256: code.sha256, file, trustedAt: utcNow().toISOString() })),
  }
}

export function untrustedCode(file: string): BenchError {
  return refused(
    'untrusted-code',
    `${file} is code: using it as a model runs it on this machine, with your rights.`,
    'Use it only if you trust its maker, and confirm that: add --trust-code.',
  )
}

function refused(code: BenchError['record']['code'], message: string, remedy: string): BenchError {
  return new BenchError({ code, stage: 'load', message, remedy })
}
