// Noise floors on disk: one file for each machine, preset and device, written whole or not at all, and beside it a
// folder with the comparisons behind it. A file that cannot be read is no floor.
import { readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type NoiseFloor, noiseFloorSchema } from '../../shared/domain/noise-floor.ts'
import type { Plan, PresetName } from '../../shared/domain/plan.ts'
import { jsonText, writeAtomically } from '../store/atomic-file.ts'

export interface FloorKey {
  readonly machineHash: string
  readonly preset: PresetName
  readonly device: Plan['device']
}

export class FloorFiles {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Newest first. */
  async list(machineHash: string): Promise<readonly NoiseFloor[]> {
    const names = await readdir(this.#folder).catch(() => [])
    const read = await Promise.all(names.filter((name) => name.endsWith('.json')).map((name) => this.#read(name)))
    return read
      .filter((floor) => floor !== null)
      .filter((floor) => floor.machineHash === machineHash)
      .sort((left, right) => right.measuredAt.localeCompare(left.measuredAt))
  }

  async find(key: FloorKey): Promise<NoiseFloor | null> {
    const floor = await this.#read(`${nameOf(key)}.json`)
    return floor?.machineHash === key.machineHash ? floor : null
  }

  /** Where comparisons go until there are enough. */
  measuringFolder(key: FloorKey): string {
    return join(this.#folder, nameOf(key), 'measuring')
  }

  /** Keeps the floor, and its comparisons in place of those of an earlier one. */
  async keep(floor: NoiseFloor): Promise<void> {
    await writeAtomically(join(this.#folder, `${nameOf(floor)}.json`), jsonText(floor))
    const measured = join(this.#folder, nameOf(floor), 'measured')
    await rm(measured, { recursive: true, force: true })
    await rename(this.measuringFolder(floor), measured)
  }

  async #read(name: string): Promise<NoiseFloor | null> {
    const text = await readFile(join(this.#folder, name), 'utf8').catch(() => null)
    if (text === null) return null
    try {
      return noiseFloorSchema.parse(JSON.parse(text))
    } catch {
      return null
    }
  }
}

function nameOf({ machineHash, preset, device }: FloorKey): string {
  return `${machineHash.slice(0, 16)}-${preset}-${device}`
}
