// Libraries of the operating system that Electron and the Python set-up need. As root on Debian and its kin they are
// installed; elsewhere what is missing is named and nothing is changed.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { requireProgram } from './child-process.mjs'

/** What proves it is there -> the Debian package that brings it. */
const forWindow = [
  { library: 'libgtk-3.so.0', package: 'libgtk-3-0' },
  { library: 'libnss3.so', package: 'libnss3' },
  { library: 'libasound.so.2', package: 'libasound2' },
  { library: 'libgbm.so.1', package: 'libgbm1' },
  { library: 'libXss.so.1', package: 'libxss1' },
  { library: 'libatk-bridge-2.0.so.0', package: 'libatk-bridge2.0-0' },
  { library: 'libcups.so.2', package: 'libcups2' },
]
const forVirtualDisplay = [
  { program: 'Xvfb', package: 'xvfb' },
  { program: 'xvfb-run', package: 'xvfb' },
  { program: 'xauth', package: 'xauth' },
]
const forPython = [{ pythonModule: 'ensurepip', package: 'python3-venv' }]

/** The test builder of TensorRT compiles its nine entry points. */
const forTestBuilder = [
  { program: 'cc', package: 'gcc' },
  { file: '/usr/include/stdlib.h', package: 'libc6-dev' },
]

export const systemNeeds = { forWindow, forVirtualDisplay, forPython, forTestBuilder }

export async function ensureSystemPackages(needs) {
  if (process.platform !== 'linux') return
  const missing = missingPackages(needs)
  if (missing.length === 0) return
  const asRoot = process.getuid?.() === 0
  if (!asRoot || !existsSync('/usr/bin/apt-get')) {
    console.error(`missing from the operating system: ${missing.join(', ')}`)
    console.error(`on Debian and Ubuntu: sudo apt-get install ${missing.join(' ')}`)
    return
  }
  console.error(`installing ${missing.join(', ')}`)
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  const install = ['install', '-y', '--no-install-recommends', ...missing.map(newName)]
  await requireProgram('Updating the list of Debian packages', 'apt-get', ['update', '-q'], { quiet: true, env })
  await requireProgram('Installing Debian packages', 'apt-get', install, { quiet: true, env })
}

export function missingPackages(needs) {
  const cache = spawnSync('/sbin/ldconfig', ['-p'], { encoding: 'utf8' }).stdout ?? ''
  const isThere = ({ library, program, file, pythonModule }) => {
    if (library) return cache.includes(`\t${library} `)
    if (program) return spawnSync('which', [program]).status === 0
    if (file) return existsSync(file)
    return spawnSync('python3', ['-c', `import ${pythonModule}`]).status === 0
  }
  return [...new Set(needs.filter((need) => !isThere(need)).map((need) => need.package))]
}

/** Newer releases renamed some for the change of time_t; apt is asked which it has. */
function newName(name) {
  const renamed = `${name}t64`
  const known = spawnSync('apt-cache', ['policy', renamed], { encoding: 'utf8' }).stdout ?? ''
  return /Candidate: (?!\(none\))/.test(known) ? renamed : name
}
