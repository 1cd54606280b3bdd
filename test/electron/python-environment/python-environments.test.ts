import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import type { CheckEnvironment } from '../../../electron/python-environment/installation.ts'
import { createPythonEnvironments } from '../../../electron/python-environment/python-environments.ts'
import type { PythonEnvironments, PythonInstallOptions } from '../../../electron/services.ts'
import { resolvePaths } from '../../../electron/system/paths.ts'
import type { Gpu } from '../../../shared/domain/fingerprint.ts'
import type { PythonProgress } from '../../../shared/ipc/contract.ts'
import { makeQuickPython, makeRequirements, makeWheel } from '../../fakes/wheel-folder.ts'

// Real pip and real virtual environments: seconds each, more on a busy machine.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 })

let wheels = ''
let pythonPackageFolder = ''
let quickPython = ''
let home = ''

beforeAll(async () => {
  wheels = await mkdtemp(join(tmpdir(), 'enginebench-wheels-'))
  await makeWheel(wheels, 'torch', '2.13.0')
  await makeWheel(wheels, 'torchvision', '0.28.0')
  const lines = [await makeWheel(wheels, 'onnxruntime', '1.32.0'), await makeWheel(wheels, 'ultralytics', '8.4.190')]
  pythonPackageFolder = await makeRequirements(join(wheels, 'python'), lines)
  const template = join(wheels, 'template')
  await promisify(execFile)('python3', ['-I', '-m', 'venv', template])
  quickPython = await makeQuickPython(join(wheels, 'quick-python'), template)
})
afterAll(() => rm(wheels, { recursive: true }))

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'enginebench-home-'))
  // As a user's own pip configuration would say it.
  vi.stubEnv('PIP_CONFIG_FILE', '/dev/null')
  vi.stubEnv('PIP_NO_INDEX', '1')
  vi.stubEnv('PIP_FIND_LINKS', wheels)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(home, { recursive: true })
})

function environmentsWith(
  checkEnvironment: CheckEnvironment = async () => 'all backends answered',
  drivers: readonly string[] = [],
  gpus: readonly Gpu[] = [],
): PythonEnvironments {
  const paths = resolvePaths({
    applicationFolder: home,
    shippedFolder: home,
    environment: { ENGINEBENCH_HOME: home },
    platform: 'linux',
    home,
  })
  return createPythonEnvironments({
    paths: { ...paths, pythonPackageFolder },
    checkEnvironment,
    readDrivers: async () => drivers,
    readGpus: async () => gpus,
  })
}

const options: PythonInstallOptions = {
  environment: 'main',
  basePython: null,
  torchSource: null,
  torchVersion: '2.13.0',
  acceptedLicences: [],
  repair: false,
}
const quickly = () => ({ ...options, basePython: quickPython })
const ignore = () => undefined
const never = new AbortController().signal
const absent = {
  name: 'main',
  state: 'absent',
  adopted: false,
  interpreter: null,
  pythonVersion: null,
  sizeBytes: null,
  extras: [],
  error: null,
}
const withCode = (code: string, message: RegExp) =>
  expect.objectContaining({ record: expect.objectContaining({ code, message: expect.stringMatching(message) }) })

test('an environment is made with the user’s pip configuration, told step by step, and then found', async () => {
  const environments = environmentsWith()
  const progress: PythonProgress[] = []
  expect((await environments.describe())[0]).toEqual(absent)

  const made = await environments.install(options, (one) => progress.push(one), never)

  const interpreter = join(home, 'environments', 'main', 'bin', 'python')
  expect(made).toEqual({
    ...absent,
    state: 'ready',
    interpreter,
    pythonVersion: expect.stringMatching(/^3\.\d+\.\d+$/),
    sizeBytes: expect.any(Number),
    extras: ['torch', 'onnx', 'yolo'],
  })
  expect(progress.at(-1)?.outcome).toBe('done')
  expect(progress.at(-1)?.steps.map(({ name, state }) => [name, state])).toEqual([
    ['Find Python', 'done'],
    ['Create the environment', 'done'],
    ['Install torch 2.13.0', 'done'],
    ['Install the other packages', 'done'],
    ['Check the backends', 'done'],
  ])
  expect(await environments.interpreterFor('torch-eager')).toBe(interpreter)
  await expect(environments.interpreterFor('ultralytics')).rejects.toEqual(withCode('python-unavailable', /yolo/))
  expect(await environments.offer(null)).toEqual({
    version: '2.13.0',
    file: 'torch-2.13.0-py3-none-any.whl',
    source: 'local file',
    sizeBytes: expect.any(Number),
  })
})

test('cancelled, it ends what it started and leaves nothing behind', async () => {
  const controller = new AbortController()
  const environments = environmentsWith(async () => {
    controller.abort(new Error('cancelled by the user'))
    return 'too late'
  })
  const progress: PythonProgress[] = []
  const installing = environments.install(quickly(), (one) => progress.push(one), controller.signal)
  await expect(installing).rejects.toThrow('cancelled by the user')
  expect(progress.at(-1)).toMatchObject({ outcome: 'cancelled', error: null })
  expect(await readdir(join(home, 'environments'))).toEqual([])
  expect((await environments.describe())[0]).toEqual(absent)
})

test('a check that fails leaves no environment that could be taken for a whole one', async () => {
  const environments = environmentsWith(async () => {
    throw new Error('the worker did not start')
  })
  await expect(environments.install(quickly(), ignore, never)).rejects.toThrow('the worker did not start')
  expect(await readdir(join(home, 'environments'))).toEqual([])
})

test('a folder left without its commit marker is broken, and says how to repair it', async () => {
  await mkdir(join(home, 'environments', 'main'), { recursive: true })
  const [main] = await environmentsWith().describe()
  expect(main).toMatchObject({ state: 'broken', error: { code: 'python-setup-failed', remedy: /--repair/ } })
})

test('an index that cannot be reached is an error with its remedy, not a hang', async () => {
  vi.stubEnv('PIP_NO_INDEX', '')
  vi.stubEnv('PIP_FIND_LINKS', '')
  vi.stubEnv('PIP_RETRIES', '1')
  const installing = environmentsWith().install(
    { ...quickly(), torchSource: 'http://127.0.0.1:9/simple' },
    ignore,
    never,
  )
  await expect(installing).rejects.toEqual(withCode('python-setup-failed', /could not be reached/))
  expect(await readdir(join(home, 'environments'))).toEqual([])
})

test('Ultralytics is not installed before its licence has been accepted', async () => {
  const installing = environmentsWith().install({ ...quickly(), environment: 'yolo' }, ignore, never)
  await expect(installing).rejects.toEqual(withCode('licence-not-accepted', /AGPL-3\.0/))
})

test('with its licence accepted, Ultralytics gets an environment of its own', async () => {
  const accepted: PythonInstallOptions = { ...quickly(), environment: 'yolo', acceptedLicences: ['AGPL-3.0'] }
  expect(await environmentsWith().install(accepted, ignore, never)).toMatchObject({ name: 'yolo', state: 'ready' })
  expect(await environmentsWith().interpreterFor('ultralytics')).toBe(
    join(home, 'environments', 'yolo', 'bin', 'python'),
  )
})

test('an engine gets an environment of its own without torch, and its backend alone looks there', async () => {
  const checked: string[] = []
  const environments = environmentsWith(async (_interpreter, _signal, name) => {
    checked.push(name)
    return 'openvino is ready'
  })
  const progress: PythonProgress[] = []
  const made = await environments.install({ ...quickly(), environment: 'openvino' }, (one) => progress.push(one), never)
  expect([made.name, made.state, made.extras, checked]).toEqual(['openvino', 'ready', ['onnx', 'yolo'], ['openvino']])
  expect(progress.at(-1)?.steps.map(({ name }) => name)).toEqual([
    'Find Python',
    'Create the environment',
    'Install the other packages',
    'Check the backends',
  ])
  expect(await environments.interpreterFor('openvino')).toBe(join(home, 'environments', 'openvino', 'bin', 'python'))
  await expect(environments.interpreterFor('tensorrt')).rejects.toEqual(withCode('python-unavailable', /tensorrt/))
})

const ofNvidia = { environment: 'tensorrt', acceptedLicences: ['LicenseRef-NVIDIA-TensorRT'] } as const

test('TensorRT is not installed before its licence has been accepted, and where to read it is said', async () => {
  const installing = environmentsWith().install({ ...quickly(), environment: 'tensorrt' }, ignore, never)
  await expect(installing).rejects.toMatchObject({
    record: { code: 'licence-not-accepted', remedy: expect.stringMatching(/https:.*LicenseRef-NVIDIA-TensorRT/) },
  })
})

const card = (name: string, computeCapability: string): Gpu => {
  return { name, computeCapability, memoryBytes: null, driver: '580.65.06' }
}
const old = card('NVIDIA GeForce GTX 1080', '6.1')

test.each([
  ['tensorrt', old, 'NVIDIA GeForce GTX 1080 has compute capability 6.1; TensorRT needs 7.5 or newer.'],
  [
    'tensorrt-rtx',
    card('NVIDIA A100', '8.0'),
    'NVIDIA A100 has compute capability 8.0; TensorRT-RTX needs 8.6, 8.9, or 12.0 or newer.',
  ],
  [
    'tensorrt',
    card('Orin', '8.7'),
    "Orin is part of a Jetson board: its TensorRT comes with JetPack, and NVIDIA's wheels have no code for it.",
  ],
] as const)(
  'faults 9 and 12: %s for a card that it has no code for is refused before anything is made',
  async (environment, gpu, message) => {
    const acceptedLicences = ['LicenseRef-NVIDIA-TensorRT', 'LicenseRef-NVIDIA-TensorRT-RTX']
    const installing = environmentsWith(undefined, ['580.65.06'], [gpu]).install(
      { ...quickly(), environment, acceptedLicences },
      ignore,
      never,
    )
    await expect(installing).rejects.toMatchObject({ record: { code: 'backend-unavailable', message } })
    expect(await readdir(home)).toEqual([])
  },
)

test('of two cards it is enough that one can use TensorRT', async () => {
  const gpus = [old, card('NVIDIA A100', '8.0')]
  const installing = environmentsWith(undefined, ['580.65.06'], gpus).install(
    { ...quickly(), ...ofNvidia },
    ignore,
    never,
  )
  await expect(installing).rejects.toMatchObject({ record: { code: 'python-setup-failed' } })
})

test('fault 8: TensorRT comes as wheels from a folder that is named, and no program of a package runs', async () => {
  const folder = join(home, 'nvidia')
  for (const part of ['tensorrt_cu13_libs', 'tensorrt_cu13_bindings', 'tensorrt_cu13'])
    await makeWheel(folder, part, '11.4.0.106')
  const made = await environmentsWith(undefined, ['580.65.06']).install(
    { ...quickly(), ...ofNvidia, tensorrtSource: folder },
    ignore,
    never,
  )
  expect([made.state, made.extras]).toEqual(['ready', ['onnx', 'yolo', 'tensorrt']])
})

const withOnnxruntime = { ...ofNvidia, environment: 'onnxruntime-tensorrt' } as const

test('ONNX Runtime gets the exact TensorRT that it is linked to, whichever is asked for', async () => {
  const folder = join(home, 'nvidia')
  for (const part of ['tensorrt_cu13_libs', 'tensorrt_cu13_bindings', 'tensorrt_cu13'])
    await makeWheel(folder, part, '10.16.1.11')
  const progress: PythonProgress[] = []
  const asked = { tensorrtSource: folder, tensorrt: { version: '11.4.0.106', cuda: 'cu13' } } as const
  const made = await environmentsWith(undefined, ['580.65.06']).install(
    { ...quickly(), ...withOnnxruntime, ...asked },
    (one) => progress.push(one),
    never,
  )
  expect([made.name, made.state]).toEqual(['onnxruntime-tensorrt', 'ready'])
  expect(progress.at(-1)?.steps.map(({ name }) => name)).toContain('Install TensorRT 10.16.1.11 for CUDA 13')
})

test('a driver that is too old for that TensorRT is told before anything is fetched', async () => {
  const installing = environmentsWith(undefined, ['570.10']).install(
    { ...quickly(), ...withOnnxruntime },
    ignore,
    never,
  )
  await expect(installing).rejects.toMatchObject({
    record: {
      code: 'backend-unavailable',
      message: "NVIDIA's driver 570.10 is too old for TensorRT: 580 or newer is needed.",
      remedy: 'Update the driver for your GPU.',
    },
  })
  expect(await readdir(home)).toEqual([])
})

test('fault 10: a Python that a release has no wheels for is refused before the environment is made', async () => {
  const newest = join(wheels, 'python-3.14')
  const answer = JSON.stringify({ interpreter: newest, version: [3, 14, 0], missing: [] })
  await writeFile(newest, `#!/bin/sh\nprintf '%s\\n' '${answer}'\n`, { mode: 0o755 })
  const tensorrt = { version: '10.16.1.11', cuda: 'cu13' } as const
  const installing = environmentsWith().install(
    { ...options, ...ofNvidia, basePython: newest, tensorrt },
    ignore,
    never,
  )
  await expect(installing).rejects.toMatchObject({
    record: {
      code: 'python-setup-failed',
      message: 'TensorRT 10.16.1.11 has no build for a Python newer than 3.13; 3.14.0 was found.',
      remedy: 'Name an older one: setup python --python INTERPRETER.',
    },
  })
  expect(await readdir(join(home, 'environments'))).toEqual([])
})

test('without a driver nothing of TensorRT is fetched', async () => {
  const installing = environmentsWith().install({ ...quickly(), ...ofNvidia }, ignore, never)
  await expect(installing).rejects.toEqual(withCode('backend-unavailable', /No NVIDIA driver was found/))
})

test('TensorRT that cannot be fetched leaves nothing, and says what else can be done', async () => {
  const environments = environmentsWith(undefined, ['580.65.06'])
  const progress: PythonProgress[] = []
  const installing = environments.install({ ...quickly(), ...ofNvidia }, (one) => progress.push(one), never)
  await expect(installing).rejects.toMatchObject({
    record: {
      code: 'python-setup-failed',
      message: expect.stringContaining('installing TensorRT 11.4.0.106 for CUDA 13 stopped'),
      remedy: expect.stringContaining('--use INTERPRETER'),
    },
  })
  expect(progress.at(-1)?.steps.find(({ state }) => state === 'failed')?.name).toBe(
    'Install TensorRT 11.4.0.106 for CUDA 13',
  )
  expect(await readdir(join(home, 'environments'))).toEqual([])
})

test('one set-up at a time: a second is told so', async () => {
  let release: () => void = ignore
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  let reach: () => void = ignore
  const reached = new Promise<void>((resolve) => {
    reach = resolve
  })
  const environments = environmentsWith(async () => {
    reach()
    await held
    return 'checked'
  })
  const first = environments.install(quickly(), ignore, never)
  await reached
  const second = environmentsWith().install(quickly(), ignore, never)
  await expect(second).rejects.toEqual(withCode('python-setup-failed', /Another set-up/))
  release()
  expect((await first).state).toBe('ready')
})

test('what cannot run as a Python is not adopted', async () => {
  const file = join(home, 'python')
  await writeFile(file, 'no program')
  await expect(environmentsWith().adopt('main', file)).rejects.toEqual(withCode('python-unavailable', /does not start/))
})

test('an interpreter without torch and onnxruntime is not adopted', async () => {
  const { interpreter } = await environmentsWith().install(quickly(), ignore, never)
  await rm(join(home, 'environments', 'main', 'lib'), { recursive: true })
  await expect(environmentsWith().adopt('main', interpreter ?? '')).rejects.toEqual(
    withCode('python-unavailable', /does not start|neither torch nor onnxruntime/),
  )
})
