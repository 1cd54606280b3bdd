// Which folders are runs: every folder in runsFolder that holds a run.json, and folders elsewhere that the user
// opened, which are kept by reference in a small file. Does not read the records.
import { readdir, readFile, stat } from 'node:fs/promises'
import { join, resolve, sep } from 'node:path'
import { z } from 'zod'
import { jsonText, writeAtomically } from './atomic-file.ts'
import { recordFile } from './run-layout.ts'

export interface RunPlace {
  readonly folder: string
  readonly modifiedMs: number
  readonly sizeBytes: number
}

const referencesSchema = z.object({ folders: z.array(z.string()) })

export class KnownFolders {
  readonly #runsFolder: string
  readonly #referencesFile: string

  constructor(runsFolder: string, referencesFile: string) {
    this.#runsFolder = resolve(runsFolder)
    this.#referencesFile = referencesFile
  }

  isInside(folder: string): boolean {
    return resolve(folder).startsWith(this.#runsFolder + sep)
  }

  /** Referenced folders that are gone (an unplugged disk) are left out, and stay referenced. */
  async places(): Promise<readonly RunPlace[]> {
    const names = await readdir(this.#runsFolder).catch(() => [])
    const folders = [...names.map((name) => join(this.#runsFolder, name)), ...(await this.#references())]
    const places = await Promise.all(folders.map(placeOf))
    return places.filter((place) => place !== null)
  }

  async addReference(folder: string): Promise<void> {
    const references = await this.#references()
    if (!references.includes(folder)) await this.#write([...references, folder])
  }

  async forget(folder: string): Promise<void> {
    await this.#write((await this.#references()).filter((known) => known !== folder))
  }

  async #references(): Promise<readonly string[]> {
    const text = await readFile(this.#referencesFile, 'utf8').catch(() => null)
    if (text === null) return []
    try {
      return referencesSchema.parse(JSON.parse(text)).folders
    } catch {
      return []
    }
  }

  #write(folders: readonly string[]): Promise<void> {
    return writeAtomically(this.#referencesFile, jsonText({ folders }))
  }
}

async function placeOf(folder: string): Promise<RunPlace | null> {
  const found = await stat(recordFile(folder)).catch(() => null)
  return found === null ? null : { folder, modifiedMs: found.mtimeMs, sizeBytes: found.size }
}
