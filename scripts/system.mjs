// What the operating system must provide: a display, and the libraries that Electron and the Python set-up need. As
// root on Debian and its derivatives, missing packages are installed; elsewhere they are named and nothing is changed.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { requireProgram } from './programs.mjs'

export function hasDisplay() {
  return process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY)
}

export function hasVirtualDisplay() {
  return spawnSync('which', ['xvfb-run']).status === 0
}

/** The program and its arguments, on a virtual display if there is no other. */
export function onSomeDisplay(command, args) {
  if (hasDisplay()) return [command, args]
  return ['xvfb-run', ['-a', '-s', '-screen 0 1440x900x24', command, ...args]]
}

export const noDisplayText = [
  'This machine has no display, so the window cannot open.',
  'The command line needs none:  npm run enginebench -- doctor',
  '                              npm run enginebench -- run --model digits',
  'On a virtual display:         ENGINEBENCH_VIRTUAL_DISPLAY=1 npm start',
].join('\n')

/** File or program that shows it is installed -> the Debian package that provides it. */
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

/** Whether the test builder of TensorRT can be made here. */
export const hasTestBuilder = process.platform === 'linux' && process.arch === 'x64'

export const systemNeeds = {
  forWindow,
  forVirtualDisplay,
  forPython,
  forTests: [...forWindow, ...forVirtualDisplay, ...forPython, ...(hasTestBuilder ? forTestBuilder : [])],
}

export async function ensureSystemPackages(needs, log = console.error) {
  if (process.platform !== 'linux') return
  const missing = missingPackages(needs)
  if (missing.length === 0) return
  const asRoot = process.getuid?.() === 0
  if (!asRoot || !existsSync('/usr/bin/apt-get')) {
    const command = `sudo apt-get install ${missing.join(' ')}`
    log(`System packages are missing: ${missing.join(', ')}. On Debian and Ubuntu, run: ${command}`)
    return
  }
  log(`Installing system packages: ${missing.join(', ')}`)
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  const install = ['install', '-y', '--no-install-recommends', ...missing.map(newName)]
  await requireProgram('Updating the list of Debian packages', 'apt-get', ['update', '-q'], { env })
  await requireProgram('Installing Debian packages', 'apt-get', install, { env })
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

/** Newer releases renamed some packages when `time_t` grew to 64 bits; apt knows which one it has. */
function newName(name) {
  const renamed = `${name}t64`
  const known = spawnSync('apt-cache', ['policy', renamed], { encoding: 'utf8' }).stdout ?? ''
  return /Candidate: (?!\(none\))/.test(known) ? renamed : name
}
