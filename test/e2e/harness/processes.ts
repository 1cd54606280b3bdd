// Every process of one app under test, its workers and theirs: they all carry the test's data folder in their
// environment, whoever their parent is by now.
import { readdir, readFile } from 'node:fs/promises'

export interface RunningProcess {
  readonly pid: number
  readonly command: string
}

/** Without the processes named in `except`. */
export async function processesOf(home: string): Promise<readonly RunningProcess[]> {
  const marker = `ENGINEBENCH_HOME=${home}`
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  const found: RunningProcess[] = []
  for (const pid of pids) {
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')
    if (!environment.split('\0').includes(marker)) continue
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
    // A process without a command line has ended and only waits to be read.
    if (command !== '') found.push({ pid, command: command.replaceAll('\0', ' ').trim() })
  }
  return found
}

export async function workersOf(home: string): Promise<readonly RunningProcess[]> {
  return (await processesOf(home)).filter(({ command }) => /worker\.py|node\.mojom\.NodeService/.test(command))
}
