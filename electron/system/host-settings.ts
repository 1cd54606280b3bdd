// How the system is set to run programs: what its kernel's files say of processors, pages and containers. Nothing here
// is a reading of the moment. Each is null where the system does not tell it. Never throws.
import { access, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Machine } from '../../shared/domain/fingerprint.ts'
import { readControlGroupLimits } from './control-group-limits.ts'

export type HostSettings = Required<
  Pick<
    Machine,
    | 'cpuGovernor'
    | 'cpuBoost'
    | 'simultaneousMultithreading'
    | 'transparentHugePages'
    | 'container'
    | 'cpuLimitCores'
    | 'memoryLimitBytes'
  >
>

const processors = 'sys/devices/system/cpu'
const containerFiles = ['.dockerenv', 'run/.containerenv', 'run/systemd/container', 'run/secrets/kubernetes.io']
const containerGroups = /docker|containerd|kubepods|libpod|lxc|machine\.slice/

/** @param root the folder under which `sys` and `proc` lie. */
export async function readHostSettings(root = '/'): Promise<HostSettings> {
  const read = async (file: string) => (await readFile(join(root, file), 'utf8').catch(() => '')).trim() || null
  const [governor, noTurbo, boost, threads, pages, container, limits] = await Promise.all([
    read(`${processors}/cpu0/cpufreq/scaling_governor`),
    read(`${processors}/intel_pstate/no_turbo`),
    read(`${processors}/cpufreq/boost`),
    read(`${processors}/smt/active`),
    read('sys/kernel/mm/transparent_hugepage/enabled'),
    isContainer(root, await read('proc/1/cgroup'), await read('proc/self/mounts')),
    readControlGroupLimits(root),
  ])
  return {
    cpuGovernor: governor,
    cpuBoost: switchOf(noTurbo, '0') ?? switchOf(boost, '1'),
    simultaneousMultithreading: switchOf(threads, '1'),
    transparentHugePages: /\[(\w+)\]/.exec(pages ?? '')?.[1] ?? null,
    container,
    ...limits,
  }
}

function switchOf(text: string | null, on: '0' | '1'): boolean | null {
  return text === '0' || text === '1' ? text === on : null
}

/** Null where the system has no such files at all. A container that hides its groups still shows its layered root. */
async function isContainer(root: string, firstGroups: string | null, mounts: string | null): Promise<boolean | null> {
  const marks = await Promise.all(
    containerFiles.map((file) =>
      access(join(root, file)).then(
        () => true,
        () => false,
      ),
    ),
  )
  if (marks.includes(true)) return true
  if (firstGroups === null && mounts === null) return null
  return containerGroups.test(firstGroups ?? '') || /^overlay \/ /m.test(mounts ?? '')
}
