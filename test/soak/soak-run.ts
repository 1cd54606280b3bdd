// What the parts of a soak share: where its data lies, what was drawn, what was counted, and the command line as its users
// run it. The seed decides what is drawn; when things happen is decided by the machine.
import { type Random, seededRandom } from '../../shared/planning/seeded-random.ts'
import { startProgram } from '../fakes/program.ts'

export interface Soak {
  /** The data folder. */
  readonly home: string
  readonly seed: number
  /** Ends when nothing new may begin. */
  readonly signal: AbortSignal
  count(what: string): void
  /** What no user may see: a stack, an internal error, output that is not what was asked for. */
  fault(what: string): void
  /** Ids of processes that nobody kills. */
  readonly spared: Set<number>
}

export interface SoakCounts {
  readonly counts: ReadonlyMap<string, number>
  readonly faults: readonly string[]
}

export function beginSoak(home: string, seed: number, signal: AbortSignal): Soak & SoakCounts {
  const counts = new Map<string, number>()
  const faults: string[] = []
  return {
    ...{ home, seed, signal, counts, faults, spared: new Set() },
    count: (what) => counts.set(what, (counts.get(what) ?? 0) + 1),
    fault: (what) => faults.push(what),
  }
}

/** Each part of a soak draws from its own sequence, so that the order of the others' draws does not matter. */
export function randomOf({ seed }: Soak, part: number): Random {
  return seededRandom((seed + part * 0x9e37_79b9) >>> 0)
}

export function chosen<Item>(random: Random, items: readonly Item[]): Item {
  const item = items[Math.floor(random() * items.length)]
  if (item === undefined) throw new Error('There is nothing to choose from.')
  return item
}

export function grouped<Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, readonly Item[]> {
  const groups = new Map<Key, readonly Item[]>()
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item])
  return groups
}

const stack = /\n\s+at .+:\d+:\d+|internal error|node:internal/

interface Ended {
  /** Null if a signal ended it. */
  readonly code: number | null
  readonly stdout: string
}

/** Runs one command to its end, and counts how it ended. */
export async function commanded(soak: Soak, words: readonly string[], spare = false): Promise<Ended> {
  const [name = ''] = words
  const started = startProgram(words, soak.home)
  const { pid } = started.child
  if (spare && pid !== undefined) soak.spared.add(pid)
  const { code, stdout, stderr } = await started.ended
  if (pid !== undefined) soak.spared.delete(pid)
  soak.count(`${name}: ${code === null ? 'killed' : `ended with ${code}`}`)
  const said = stderr + stdout
  if (stack.test(said)) soak.fault(`${words.join(' ')}\n${said.slice(-2000)}`)
  return { code, stdout }
}
