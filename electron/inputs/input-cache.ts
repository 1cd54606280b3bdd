// Preprocessed inputs on disk, named by a key of what they were made from: <key>.npy and, written last, <key>.json,
// which marks the array as complete. A damaged or unfinished entry counts as missing. Kept under `limitBytes` by
// removing the least recently used; the newest entry always stays. Sizes in bytes.
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { jsonText, writeAtomically, writing } from '../store/atomic-file.ts'
import { removeLeftovers, unfinishedName } from '../store/leftovers.ts'
import { readSmallText } from '../store/regular-file.ts'
import { fileSha256 } from './file-hash.ts'

const cachedInputSchema = z.object({
  shape: z.array(z.number().int().nonnegative()).min(1),
  sha256: z.string(),
  sizeBytes: z.number().int().positive(),
  used: z.array(z.string()),
  skipped: z.array(z.object({ file: z.string(), reason: z.string() })),
})
export type CachedInput = z.infer<typeof cachedInputSchema>

const defaultInputCacheBytes = 4 * 1024 ** 3

export class InputCache {
  readonly #folder: string
  readonly #limitBytes: number

  constructor(folder: string, limitBytes: number = defaultInputCacheBytes) {
    this.#folder = folder
    this.#limitBytes = limitBytes
  }

  arrayFile(key: string): string {
    return join(this.#folder, `${key}.npy`)
  }

  /** Null if no complete entry has the key. A hit counts as use. */
  async find(key: string): Promise<CachedInput | null> {
    const entry = await this.#sidecar(key)
    if (entry === null) return null
    const sha256 = await fileSha256(this.arrayFile(key)).catch(() => null)
    if (sha256 !== entry.sha256) {
      await this.#remove(key)
      return null
    }
    const now = new Date()
    await utimes(this.#sidecarFile(key), now, now).catch(() => {})
    return entry
  }

  /** `produce` writes the array into the given file and describes it; if it fails, nothing is stored. */
  async store(key: string, produce: (file: string) => Promise<Omit<CachedInput, 'sizeBytes'>>): Promise<CachedInput> {
    await writing(this.#folder, () => mkdir(this.#folder, { recursive: true }))
    const unfinished = join(this.#folder, unfinishedName(key, '.npy'))
    try {
      const made = await produce(unfinished)
      const entry = { ...made, sizeBytes: (await stat(unfinished)).size }
      await rename(unfinished, this.arrayFile(key))
      await writeAtomically(this.#sidecarFile(key), jsonText(entry))
      await this.#evict(key)
      return entry
    } finally {
      await rm(unfinished, { force: true })
    }
  }

  async #evict(keep: string): Promise<void> {
    const keys = (await readdir(this.#folder)).filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -5))
    await removeLeftovers(this.#folder, (name) => name.endsWith('.npy') && !keys.includes(name.slice(0, -4)))
    const entries = await Promise.all(keys.map((key) => this.#usage(key)))
    const oldestFirst = entries.sort((left, right) => left.usedMs - right.usedMs)
    let total = oldestFirst.reduce((sum, entry) => sum + entry.sizeBytes, 0)
    for (const entry of oldestFirst) {
      if (total <= this.#limitBytes) return
      if (entry.key === keep) continue
      await this.#remove(entry.key)
      total -= entry.sizeBytes
    }
  }

  async #usage(key: string): Promise<{ key: string; usedMs: number; sizeBytes: number }> {
    const used = await stat(this.#sidecarFile(key)).catch(() => null)
    const array = await stat(this.arrayFile(key)).catch(() => null)
    return { key, usedMs: used?.mtimeMs ?? 0, sizeBytes: array?.size ?? 0 }
  }

  async #sidecar(key: string): Promise<CachedInput | null> {
    const text = await readSmallText(this.#sidecarFile(key))
    if (text === null) return null
    try {
      return cachedInputSchema.parse(JSON.parse(text))
    } catch {
      return null
    }
  }

  /** The mark goes first, so that a crash in between leaves no entry that looks complete. */
  async #remove(key: string): Promise<void> {
    await rm(this.#sidecarFile(key), { force: true })
    await rm(this.arrayFile(key), { force: true })
  }

  #sidecarFile(key: string): string {
    return join(this.#folder, `${key}.json`)
  }
}
