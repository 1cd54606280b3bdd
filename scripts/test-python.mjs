// The Python environments that the tests use: made by the product's own set-up, as a user would make them, in a
// separate data folder that is kept as long as the requirements stay the same. The test tools are added to `main`. The
// test builder of TensorRT is not part of the product, so a separate program makes it.
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { hashOf, repositoryFolder, setupCacheFolder, withFolderLock } from './folders.mjs'
import { requireProgram, sideBySide } from './programs.mjs'
import { hasTestBuilder } from './system.mjs'

const requirements = 'electron/python/requirements'
const enginebench = join(repositoryFolder, 'scripts', 'enginebench.mjs')
const builderProgram = join(repositoryFolder, 'test', 'tensorrt-builder', 'install.py')

/**
 * @returns `{ home, main, yolo, openvino, tensorrt }`: the data folder (ENGINEBENCH_HOME) and the interpreters;
 * `tensorrt` is the test builder's, null if it cannot be made.
 */
export async function ensureTestPython(log = console.error) {
  const madeFrom = ['main', 'yolo', 'openvino', 'torch', 'torchvision'].map((name) => `${requirements}/${name}.txt`)
  const key = hashOf(repositoryFolder, [...madeFrom, 'electron/python-environment/torch-version.ts']).slice(0, 16)
  const home = join(setupCacheFolder, `test-home-${key}`)
  const interpreter = (name) => join(home, 'environments', name, 'bin', 'python')
  const isThere = (name) => existsSync(join(home, 'environments', name, 'complete.json'))
  const builder = join(home, 'test-builder')
  await withFolderLock(home, async () => {
    const missing = ['main', 'yolo', 'openvino'].filter((name) => !isThere(name))
    if (missing.length > 0)
      log(`Making the Python environments for the tests: ${missing.join(', ')} (about two minutes)`)
    const ensure = async (name, extra) => (isThere(name) ? undefined : makeEnvironment(home, name, extra))
    // Two at a time: unpacking keeps one core busy for each.
    await sideBySide(
      async () => {
        await ensure('main', [])
        await ensureTestTools(home, interpreter('main'))
      },
      async () => {
        await ensure('yolo', ['--accept-licence', 'AGPL-3.0'])
        await ensure('openvino', [])
        // Returns immediately if the environment is made from the current files.
        if (hasTestBuilder) {
          await requireProgram('Making the test builder of TensorRT', 'python3', ['-I', builderProgram, builder])
        }
      },
    )
  })
  return {
    home,
    main: interpreter('main'),
    yolo: interpreter('yolo'),
    openvino: interpreter('openvino'),
    tensorrt: hasTestBuilder ? join(builder, 'bin', 'python') : null,
  }
}

/**
 * Environment variables with the Pythons for a test. The data folder is only for reading the environments, not for
 * runs.
 */
export function pythonEnvironment({ home, main, yolo, openvino, tensorrt }) {
  return {
    ENGINEBENCH_TEST_HOME: home,
    ENGINEBENCH_TEST_PYTHON: main,
    ENGINEBENCH_TEST_YOLO_PYTHON: yolo,
    ENGINEBENCH_TEST_OPENVINO_PYTHON: openvino,
    ...(tensorrt ? { ENGINEBENCH_TEST_TENSORRT_PYTHON: tensorrt } : {}),
  }
}

async function makeEnvironment(home, name, extra) {
  await requireProgram(
    `Setting up the Python environment ${name}`,
    process.execPath,
    [enginebench, 'setup', 'python', '--environment', name, ...extra],
    { env: { ENGINEBENCH_HOME: home } },
  )
}

/**
 * Where torchvision's compiled library was built for another torch it does not load, and no model of timm or torchvision
 * can be tested. The tests need none of its operators.
 */
function placeTorchvisionShim(home) {
  const folder = join(repositoryFolder, 'test', 'electron', 'python', 'torchvision_shim')
  const library = join(home, 'environments', 'main', 'lib')
  for (const python of readdirSync(library).filter((name) => name.startsWith('python3'))) {
    for (const name of readdirSync(folder).filter((each) => /\.(py|pth)$/.test(each))) {
      copyFileSync(join(folder, name), join(library, python, 'site-packages', name))
    }
  }
}

async function ensureTestTools(home, interpreter) {
  placeTorchvisionShim(home)
  const marker = join(home, 'test-tools-installed')
  const file = join(repositoryFolder, requirements, 'test.txt')
  const wanted = hashOf(repositoryFolder, [`${requirements}/test.txt`])
  if (existsSync(marker) && readFileSync(marker, 'utf8') === wanted) return
  const install = ['install', '--quiet', '--disable-pip-version-check', '--require-hashes', '-r', file]
  await requireProgram('Installing the test tools', interpreter, ['-I', '-m', 'pip', ...install])
  writeFileSync(marker, wanted)
}
