// The files of the repository and what they import, typed for the tests. `scripts/architecture.mjs` reads them.
import * as architecture from '../../scripts/architecture.mjs'

export interface Import {
  /** `electron/turns.ts` for a file of this repository, `execa` or `node:fs` for a package. */
  readonly target: string
  readonly isPackage: boolean
}

export { repositoryFolder } from '../../scripts/folders.mjs'

/** Tracked files and files that git does not ignore; relative to the repository, with forward slashes. */
export const repositoryFiles: () => readonly string[] = architecture.repositoryFiles
export const readText: (file: string) => string = architecture.readText

/** Types included. */
export const importsOf: (file: string) => readonly Import[] = architecture.importsOf

export function typescriptFiles(folder: string): readonly string[] {
  return repositoryFiles().filter((file) => file.startsWith(`${folder}/`) && /\.tsx?$/.test(file))
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
