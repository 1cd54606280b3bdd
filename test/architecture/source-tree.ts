// The tracked and not yet tracked files of the repository (never what git ignores), and what TypeScript files import.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

export const repositoryFolder = dirname(dirname(import.meta.dirname))

/** Paths relative to the repository, with forward slashes. */
export function repositoryFiles(): readonly string[] {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: repositoryFolder,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
  return listed.split('\0').filter((file) => file !== '' && existsSync(join(repositoryFolder, file)))
}

export function readText(file: string): string {
  return readFileSync(join(repositoryFolder, file), 'utf8')
}

export function typescriptFiles(folder: string): readonly string[] {
  return repositoryFiles().filter((file) => file.startsWith(`${folder}/`) && /\.tsx?$/.test(file))
}

export interface Import {
  /** `electron/runs/launch.ts` for a file of ours, `execa` or `node:fs` for a package. */
  readonly target: string
  readonly isPackage: boolean
}

export function importsOf(file: string): readonly Import[] {
  const text = readText(file)
  const statements = text.matchAll(
    /(?:^|\n)\s*(?:import|export)\b[^'"\n;]*?(?:\{[^}]*\}[^'"\n;]*?)?\bfrom\s+'([^']+)'/g,
  )
  const bare = text.matchAll(/(?:^|\n)import\s+'([^']+)'|\bimport\('([^']+)'\)/g)
  return [...statements, ...bare].map((match) => {
    const target = match[1] ?? match[2] ?? ''
    return target.startsWith('.')
      ? { target: normalize(join(dirname(file), target)), isPackage: false }
      : { target, isPackage: true }
  })
}

/** `@mantine/core/styles.css` is of `@mantine/core`. */
export function packageName(target: string): string {
  return target.startsWith('node:')
    ? 'node:'
    : target
        .split('/')
        .slice(0, target.startsWith('@') ? 2 : 1)
        .join('/')
}
