import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readHostSettings } from '../../../electron/system/host-settings.ts'
import { temporaryFolder } from '../../fakes/temporary-folder.ts'

const root = temporaryFolder()
const gibibyte = 1024 ** 3

/** @param files path below the root -> content. */
async function systemOf(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(root, 'system-'))
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, path)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, content)
  }
  return folder
}

const desktop = {
  'sys/devices/system/cpu/cpu0/cpufreq/scaling_governor': 'powersave\n',
  'sys/devices/system/cpu/intel_pstate/no_turbo': '0\n',
  'sys/devices/system/cpu/smt/active': '1\n',
  'sys/kernel/mm/transparent_hugepage/enabled': 'always [madvise] never\n',
  'proc/1/cgroup': '0::/init.scope\n',
  'proc/self/cgroup': '0::/user.slice/user-1000.slice/terminal.scope\n',
  'proc/self/mounts': '/dev/nvme0n1p2 / ext4 rw,relatime 0 0\noverlay /var/lib/layers overlay rw 0 0\n',
  'sys/fs/cgroup/user.slice/cpu.max': 'max 100000\n',
  'sys/fs/cgroup/user.slice/memory.max': 'max\n',
}
const desktopSettings = {
  cpuGovernor: 'powersave',
  cpuBoost: true,
  simultaneousMultithreading: true,
  transparentHugePages: 'madvise',
  container: false,
  cpuLimitCores: 'none',
  memoryLimitBytes: 'none',
}
const nothing = {
  cpuGovernor: null,
  cpuBoost: null,
  simultaneousMultithreading: null,
  transparentHugePages: null,
  container: null,
  cpuLimitCores: null,
  memoryLimitBytes: null,
}

describe('how the system is set', () => {
  it('is read from a desktop without limits', async () => {
    expect(await readHostSettings(await systemOf(desktop))).toEqual(desktopSettings)
  })

  it('is read from a machine whose boost and second threads are off', async () => {
    const { 'sys/devices/system/cpu/intel_pstate/no_turbo': _, ...others } = desktop
    const boostOff = { ...others, 'sys/devices/system/cpu/cpufreq/boost': '0\n' }
    const changed = { 'sys/devices/system/cpu/smt/active': '0\n' }
    expect(await readHostSettings(await systemOf({ ...boostOff, ...changed }))).toEqual({
      ...desktopSettings,
      cpuBoost: false,
      simultaneousMultithreading: false,
    })
    const turboOff = { ...desktop, 'sys/devices/system/cpu/intel_pstate/no_turbo': '1\n' }
    expect(await readHostSettings(await systemOf(turboOff))).toEqual({ ...desktopSettings, cpuBoost: false })
  })

  it('has the tightest limit of a group and of those around it', async () => {
    const limited = {
      'sys/fs/cgroup/user.slice/cpu.max': '150000 100000\n',
      'sys/fs/cgroup/user.slice/user-1000.slice/cpu.max': '400000 100000\n',
      'sys/fs/cgroup/user.slice/user-1000.slice/terminal.scope/memory.max': `${4 * gibibyte}\n`,
      'sys/fs/cgroup/user.slice/memory.max': `${8 * gibibyte}\n`,
    }
    expect(await readHostSettings(await systemOf({ ...desktop, ...limited }))).toEqual({
      ...desktopSettings,
      cpuLimitCores: 1.5,
      memoryLimitBytes: 4 * gibibyte,
    })
  })

  it('has the limits of a container that sees its own group as the first', async () => {
    const container = {
      '.dockerenv': '',
      'proc/1/cgroup': '0::/\n',
      'proc/self/cgroup': '0::/\n',
      'sys/fs/cgroup/cpu.max': '200000 100000\n',
      'sys/fs/cgroup/memory.max': `${2 * gibibyte}\n`,
    }
    expect(await readHostSettings(await systemOf(container))).toEqual({
      ...nothing,
      container: true,
      cpuLimitCores: 2,
      memoryLimitBytes: 2 * gibibyte,
    })
  })

  it('has the limits of groups of version 1, whose path a container may not see', async () => {
    const files = {
      'proc/1/cgroup': '5:memory:/docker/ab\n4:cpu,cpuacct:/docker/ab\n0::/\n',
      'proc/self/cgroup': '5:memory:/docker/ab\n4:cpu,cpuacct:/docker/ab\n0::/\n',
      'sys/fs/cgroup/cpu/cpu.cfs_quota_us': '50000\n',
      'sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
      'sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712\n',
    }
    expect(await readHostSettings(await systemOf(files))).toEqual({
      ...nothing,
      container: true,
      cpuLimitCores: 0.5,
      memoryLimitBytes: 'none',
    })
    const unlimited = { ...files, 'sys/fs/cgroup/cpu/cpu.cfs_quota_us': '-1\n' }
    expect(await readHostSettings(await systemOf(unlimited))).toEqual({
      ...nothing,
      container: true,
      cpuLimitCores: 'none',
      memoryLimitBytes: 'none',
    })
  })

  it.each([
    ['/run/.containerenv', { 'run/.containerenv': '' }],
    ['its first process in a pod', { 'proc/1/cgroup': '0::/kubepods.slice/pod1\n' }],
    ['a layered root', { 'proc/self/mounts': 'overlay / overlay rw,lowerdir=a 0 0\n' }],
  ])('is that of a container with %s', async (_mark, mark) => {
    expect(await readHostSettings(await systemOf({ ...desktop, ...mark }))).toEqual({
      ...desktopSettings,
      container: true,
    })
  })

  it('is unknown throughout where the system has no such files', async () => {
    expect(await readHostSettings(await systemOf({}))).toEqual(nothing)
  })
})
