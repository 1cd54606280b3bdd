// Noise floors on disk: one file for each machine, preset and device, written whole or not at all, and next to it a
// folder with its comparisons. An unreadable file counts as no floor, and is told apart from none.
import { readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type NoiseFloor, noiseFloorSchema } from '../../shared/domain/noise-floor.ts'
import type { Plan, PresetName } from '../../shared/domain/plan.ts'
import type { SampleBlock } from '../../shared/domain/sample-block.ts'
import type { UnreadableEntry } from '../../shared/domain/unreadable-entry.ts'
import { compareIdentical, type IdenticalComparison } from '../../shared/statistics/noise-floor.ts'
import { jsonText, writeAtomically } from '../store/atomic-file.ts'
import { openJsonRecord, type RecordKind } from '../store/json-record.ts'
import { openRunFolder } from '../store/run-folder.ts'

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

  /** Of whatever machine, since the machine cannot be read either. */
  async unreadable(): Promise<readonly UnreadableEntry[]> {
    const names = await readdir(this.#folder).catch(() => [])
    const floors = names.filter((name) => name.endsWith('.json')).map((name) => join(this.#folder, name))
    const opened = await Promise.all(
      floors.map(async (path) => ({ path, ...(await openJsonRecord(path, floorRecord)) })),
    )
    return opened.flatMap((each): UnreadableEntry[] =>
      'problem' in each ? [{ kind: 'noise-floor', path: each.path, problem: each.problem }] : [],
    )
  }

  /** Only a floor of single launches, which judges runs since protocol 2: an older one would judge nothing. */
  async find(key: FloorKey): Promise<NoiseFloor | null> {
    const floor = await this.#read(`${nameOf(key)}.json`)
    return floor?.machineHash === key.machineHash && floor.protocol === 2 ? floor : null
  }

  /** Holds comparisons until there are enough. */
  measuringFolder(key: FloorKey): string {
    return join(this.#folder, nameOf(key), 'measuring')
  }

  /** Stores the floor, and its comparisons in place of an earlier floor's. */
  async keep(floor: NoiseFloor): Promise<void> {
    await writeAtomically(join(this.#folder, `${nameOf(floor)}.json`), jsonText(floor))
    const measured = join(this.#folder, nameOf(floor), 'measured')
    await rm(measured, { recursive: true, force: true })
    await rename(this.measuringFolder(floor), measured)
  }

  async #read(name: string): Promise<NoiseFloor | null> {
    const opened = await openJsonRecord(join(this.#folder, name), floorRecord)
    return opened !== null && 'value' in opened ? opened.value : null
  }
}

const floorRecord: RecordKind<NoiseFloor> = {
  ...{ schema: noiseFloorSchema, what: 'a noise floor' },
  afterwards: 'it can be measured again.',
}

function nameOf({ machineHash, preset, device }: FloorKey): string {
  return `${machineHash.slice(0, 16)}-${preset}-${device}`
}

// The comparisons of one noise floor: a folder of run folders, each a run of one case listed twice. Each is read from
// its samples on disk, so that a run of an earlier process counts too.

/** Runs that did not complete are left out. */
export async function readComparisons(folder: string): Promise<readonly IdenticalComparison[]> {
  const names = await readdir(folder).catch(() => [])
  const read = await Promise.all(names.map((name) => readComparison(join(folder, name))))
  return read.flat()
}

/** None if the run did not complete or cannot be read. */
export async function readComparison(runFolder: string): Promise<readonly IdenticalComparison[]> {
  const run = await openRunFolder(runFolder).catch(() => null)
  const group = run?.record.state === 'completed' ? run.record.groups[0] : undefined
  if (run === null || group === undefined) return []
  const blocks = new Map<string, readonly SampleBlock[]>()
  for (const { caseKey } of group.cases) {
    blocks.set(caseKey, (await run.samples(group.groupKey, caseKey)).blocks)
  }
  return compareIdentical(group, (caseKey) => blocks.get(caseKey) ?? [], run.record.protocol)
}
