// The processes of one app under test: itself, the browser engine's, its workers and theirs. They carry the test's data
// folder in their environment or among their words (the engine's own overwrite their environment), whoever their
// parent is by now.
import { readdir, readFile } from 'node:fs/promises'

export interface RunningProcess {
  readonly pid: number
  readonly command: string
}

export async function processesOf(home: string): Promise<readonly RunningProcess[]> {
  const marker = `ENGINEBENCH_HOME=${home}`
  return (await runningProcesses())
    .filter(({ command, environment }) => command.includes(home) || environment.split('\0').includes(marker))
    .map(({ pid, command }) => ({ pid, command }))
}

/** The Python and Node processes that hold a backend. */
export async function workersOf(home: string): Promise<readonly RunningProcess[]> {
  return (await processesOf(home)).filter(({ command }) => /worker\.py|node\.mojom\.NodeService/.test(command))
}

/** The processes of a group, each with its state and the place in the kernel where it waits: what a hang looks like. */
export async function processesOfGroup(leader: number): Promise<readonly string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const lines = await Promise.all(
    pids.map(async (pid) => {
      const [stat, place, words] = await Promise.all(
        ['stat', 'wchan', 'cmdline'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')),
      )
      // After the name, which may hold spaces: state, parent, group.
      const [state, parent, group] = (stat ?? '').replace(/^.*\) /s, '').split(' ')
      if (Number(group) !== leader) return []
      return [
        `${pid} parent ${parent}, state ${state}, in ${place}: ${(words ?? '').replaceAll('\0', ' ').slice(0, 200)}`,
      ]
    }),
  )
  return lines.flat()
}

async function runningProcesses() {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  const read = (pid: number, file: string) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')
  const processes = await Promise.all(
    pids.map(async (pid) => ({
      pid,
      command: (await read(pid, 'cmdline')).replaceAll('\0', ' ').trim(),
      environment: await read(pid, 'environ'),
    })),
  )
  // A process without a command line has ended and only waits to be read.
  return processes.filter(({ command }) => command !== '')
}
