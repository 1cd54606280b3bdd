import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { exitError, memoryKillCount, residentBytes } from '../../../electron/workers/errors.ts'
import { temporaryFolder } from '../../fakes/temporary-folder.ts'

const root = temporaryFolder()
const quiet = { lastResidentBytes: 512 * 1048576, memoryKills: 0, smallestFreeShare: 0.4 }

describe('the error of a worker that ended', () => {
  it.each([
    ['the control group counted a kill', { ...quiet, memoryKills: 1 }],
    ['hardly any memory was free', { ...quiet, memoryKills: null, smallestFreeShare: 0.01 }],
  ])('fault-02 is out of memory when it was killed and %s', (_name, memory) => {
    expect(exitError({ code: null, signal: 'SIGKILL' }, 'measure', memory, 'last words').record).toEqual({
      code: 'out-of-memory-host',
      stage: 'measure',
      message: 'The system ended the worker, most likely because memory ran out; it held 512 MiB when last seen.',
      remedy: 'Use a smaller batch size or close other programs; the same size is not tried again.',
      cause: 'last words',
    })
  })

  it.each([
    ['version 2', '0::/run/one\n', 'sys/fs/cgroup/run/one', 'memory.events'],
    ['version 2 in a container', '0::/\n', 'sys/fs/cgroup', 'memory.events'],
    ['version 1', '4:cpu,cpuacct:/a\n9:memory:/run/one\n0::/\n', 'sys/fs/cgroup/memory/run/one', 'memory.oom_control'],
    ['version 1 in a container', '9:memory:/docker/abc\n', 'sys/fs/cgroup/memory', 'memory.oom_control'],
  ])('fault-02 counts the kills of control groups of %s', async (name, groups, folder, file) => {
    const system = join(root, name)
    for (const each of ['proc/self', folder]) await mkdir(join(system, each), { recursive: true })
    await writeFile(join(system, 'proc/self/cgroup'), groups)
    expect(memoryKillCount(system)).toBe(null)
    await writeFile(join(system, folder, file), 'oom_kill_disable 0\nunder_oom 0\nlow 0\noom_kill 3\n')
    expect(memoryKillCount(system)).toBe(3)
  })

  it('reads exit code 137 as a kill', () => {
    expect(exitError({ code: 137, signal: null }, 'load', { ...quiet, memoryKills: 2 }, null).record.code).toBe(
      'out-of-memory-host',
    )
  })

  it('does not blame memory for a crash, however little was free', () => {
    const memory = { ...quiet, smallestFreeShare: 0.001 }
    expect(exitError({ code: null, signal: 'SIGSEGV' }, 'load', memory, null).record.code).toBe('worker-crashed')
  })

  it('calls an exit with 0 that nobody asked for a crash', () => {
    expect(exitError({ code: 0, signal: null }, 'warmup', quiet, null).record.message).toBe(
      'The worker ended with exit code 0 before it answered.',
    )
  })

  it.runIf(process.platform === 'linux')(
    'reads the memory of a process that runs, and nothing of one that does not',
    () => {
      expect(residentBytes(process.pid)).toBeGreaterThan(10_000_000)
      expect(residentBytes(2 ** 30)).toBeNull()
    },
  )
})
