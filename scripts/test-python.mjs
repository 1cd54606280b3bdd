// The Python environments that the tests use: made by the product's own set-up, as a user would make them, into a data
// folder of their own that is kept while nothing they are made from changes. The test tools are added to `main`. The
// test builder of TensorRT is no part of the product, so its own program makes it.
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { requireProgram } from './child-process.mjs'
import { hashOf } from './folder-hash.mjs'
import { withFolderLock } from './folder-lock.mjs'
import { repositoryFolder, setupCacheFolder } from './repository.mjs'
import { sideBySide } from './side-by-side.mjs'

const requirements = 'electron/python/requirements'
const enginebench = join(repositoryFolder, 'scripts', 'enginebench.mjs')
const builderProgram = join(repositoryFolder, 'test', 'tensorrt-builder', 'install.py')

/** Where the test builder of TensorRT can be made. */
export const hasTestBuilder = process.platform === 'linux' && process.arch === 'x64'

/**
 * @returns `{ home, main, yolo, openvino, tensorrt }`: the data folder (ENGINEBENCH_HOME) and the interpreters;
 * `tensorrt` is the test builder's, null where it cannot be made.
 */
export async function ensureTestPython() {
  const key = hashOf(repositoryFolder, [requirements, 'electron/python-environment/torch-version.ts']).slice(0, 16)
  const home = join(setupCacheFolder, `test-home-${key}`)
  const interpreter = (name) => join(home, 'environments', name, 'bin', 'python')
  const builder = join(home, 'test-builder')
  await withFolderLock(home, async () => {
    // Two at a time: unpacking keeps a core busy each.
    await sideBySide(
      async () => {
        await ensureEnvironment(home, 'main', [])
        await ensureTestTools(home, interpreter('main'))
      },
      async () => {
        await ensureEnvironment(home, 'yolo', ['--accept-licence', 'AGPL-3.0'])
        await ensureEnvironment(home, 'openvino', [])
        if (hasTestBuilder) await ensureTestBuilder(builder)
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

async function ensureEnvironment(home, name, extra) {
  if (existsSync(join(home, 'environments', name, 'complete.json'))) return
  await requireProgram(
    `Setting up the Python environment ${name}`,
    process.execPath,
    [enginebench, 'setup', 'python', '--environment', name, ...extra],
    { env: { ENGINEBENCH_HOME: home } },
  )
}

async function ensureTestTools(home, interpreter) {
  const marker = join(home, 'test-tools-installed')
  if (existsSync(marker)) return
  const file = join(repositoryFolder, requirements, 'test.txt')
  await requireProgram(
    'Installing the test tools',
    interpreter,
    ['-I', '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--require-hashes', '-r', file],
    { quiet: true },
  )
  writeFileSync(marker, '')
}

/** Answers at once where the environment is made from these very files. */
async function ensureTestBuilder(folder) {
  await requireProgram('Making the test builder of TensorRT', 'python3', ['-I', builderProgram, folder], {
    quiet: true,
  })
}
