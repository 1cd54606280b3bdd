// No telemetry: neither the window nor the command line looks a name up or connects to anything by itself. Each runs in a
// network of its own that notes every attempt (network-sink.py), and ends with a planted connection, which must be all
// that is noted. Needs Linux with `unshare` and `ip`, as root or where users may make namespaces.
import { execFile, spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, isLong, test } from './harness/app.ts'
import { adoptPython, testPython } from './harness/python.ts'
import { applicationFolder, findElectron } from './harness/runtime.ts'

const openvino = process.env.ENGINEBENCH_TEST_OPENVINO_PYTHON
const yolo = process.env.ENGINEBENCH_TEST_YOLO_PYTHON
/** With a dot at its end, so that no resolver tries it in other domains first. */
const plantedHost = 'planted.example.org.'
const planted = ['looks up planted.example.org', 'connects to 203.0.113.7 port 443']

const own = process.getuid?.() === 0 ? ['--net'] : ['--map-root-user', '--net']
const hasNamespaces = spawnSync('unshare', [...own, 'ip', 'link', 'set', 'lo', 'up']).status === 0

test.skip(!hasNamespaces || !testPython, 'needs Linux with unshare, ip and namespaces, and Python')

/** What a program looks up and connects to, each once, and what it prints. */
async function watched(home: string, command: readonly string[]) {
  const notes = join(home, 'network.txt')
  const sink = join(import.meta.dirname, 'harness', 'network-sink.py')
  const { stdout } = await promisify(execFile)(
    'unshare',
    [...own, testPython ?? 'python3', '-I', sink, notes, ...command],
    { env: { ...process.env, ENGINEBENCH_HOME: home, ELECTRON_DISABLE_SANDBOX: '1' } },
  )
  const lines = (await readFile(notes, 'utf8')).trimEnd().split('\n')
  return { stdout, attempts: [...new Set(lines)] }
}

test('the window looks nothing up and connects to nothing, on any screen, and Chromium could not', async ({ home }) => {
  const visit = join(import.meta.dirname, 'harness', 'visit-screens.mjs')
  const { stdout, attempts } = await watched(home, [
    ...[process.execPath, visit, await findElectron(), applicationFolder],
    ...[plantedHost, 'chromium.example.org'],
  ])
  expect(attempts).toEqual(planted)
  const { screens, reached } = JSON.parse(stdout)
  expect(screens).toBeGreaterThanOrEqual(5)
  expect(reached).toEqual(['not reached', 'not reached', 'not reached'])
})

test('the command line looks nothing up and connects to nothing, whatever it does', async ({ home }) => {
  test.setTimeout(isLong ? 1_800_000 : 120_000)
  await adoptPython(home)
  const cli = `"${process.execPath}" "${join(applicationFolder, 'out', 'cli', 'enginebench.cjs')}"`
  const run = `${cli} run --model digits --max-launches 1 --progress none`
  const short = [
    `${run} --backends onnxruntime-node:fp32 --out "${home}/run"`,
    `${cli} report "${home}/run" --format html --out "${home}/report"`,
  ]
  const long = [
    `${cli} doctor`,
    `${cli} convert --model digits --to onnx --precision int8 --progress none`,
    `${run} --backends torch-eager:fp32,onnxruntime:fp32,onnxruntime-node:fp32`,
    `${cli} sweep --model digits --backends onnxruntime:fp32 --batch 1,2 --point 0.5 --progress none`,
    `${cli} report "${home}/run" --format pdf --out "${home}/pdf"`,
    // Libraries that would report their use, if they were let.
    ...(openvino
      ? [
          `${cli} setup python --environment openvino --use "${openvino}"`,
          `${cli} convert --model digits --to openvino --precision int8 --progress none`,
          `${run} --backends openvino:fp32`,
        ]
      : []),
    ...(yolo
      ? [
          `${cli} setup python --environment yolo --use "${yolo}"`,
          `${cli} run --model yolo11n --weights seeded --backends ultralytics:fp32 --max-launches 1 --progress none`,
        ]
      : []),
  ]
  const plant = `"${process.execPath}" -e "require('node:net').connect(443, '${plantedHost}').on('error', () => {})"`
  const { attempts } = await watched(home, ['sh', '-ec', [...short, ...(isLong ? long : []), plant].join('\n')])
  expect(attempts).toEqual(planted)
})
