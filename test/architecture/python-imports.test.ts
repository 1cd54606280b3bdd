import { expect, test } from 'vitest'
import { readText, repositoryFiles } from './source-tree.ts'

const worker = 'electron/python/enginebench_worker/'
const files = repositoryFiles().filter((file) => file.startsWith(worker) && file.endsWith('.py'))
const backends = files.filter((file) => /\/backends\/(?!__init__|base\.py)[a-z0-9_]+\.py$/.test(file))

/** Dotted names, absolute or relative to the package: `time`, `.measure.loop`, `enginebench_worker.clock`. */
function importsOf(file: string): readonly string[] {
  const found = readText(file).matchAll(/^\s*(?:from\s+(\S+)\s+import\s+([^\n#]+)|import\s+([^\n#]+))/gm)
  return [...found].flatMap(([, from, names = '', plain = '']) =>
    from
      ? [from, ...names.split(',').map((name) => `${from}.${name.trim().split(' ')[0]}`)]
      : plain.split(',').map((name) => name.trim().split(' ')[0] ?? ''),
  )
}

test('there are Python backends to look at', () => {
  expect(backends.length).toBeGreaterThanOrEqual(3)
})

test('a Python backend imports no loop, no protocol, no other backend and no clock', () => {
  const names = backends.map((file) => file.split('/').at(-1)?.replace('.py', '') ?? '')
  const offenders = backends.flatMap((file) => {
    const own = file.split('/').at(-1)?.replace('.py', '')
    return importsOf(file)
      .filter((name) => {
        const parts = name.split('.')
        const last = parts.filter((part) => part !== '')
        return (
          ['time', 'timeit', 'datetime'].includes(last[0] ?? '') ||
          parts.some((part) => ['measure', 'protocol', 'loop', 'supervisor', 'handlers'].includes(part)) ||
          (/^(\.|enginebench_worker\.backends)/.test(name) && last.some((part) => part !== own && names.includes(part)))
        )
      })
      .map((name) => `${file}: ${name}`)
  })
  expect(offenders).toEqual([])
})

/** Packages of the worker that do one job of a conversion, and what each must do without. */
const conversionPackages = [
  // Their environments hold neither torch nor onnx.
  {
    folder: 'tensorrt_engine/',
    without: ['torch', 'onnx', 'onnxruntime', 'onnx_graph', 'openvino', 'openvino_engine', 'torch_engine'],
  },
  { folder: 'tensorrt_rtx_engine/', without: ['torch', 'onnx', 'openvino'] },
  { folder: 'openvino_engine/', without: ['torch', 'onnx_graph', 'tensorrt_engine'] },
  // Works on files: whoever wrote them, and whatever is built from them.
  { folder: 'onnx_graph/', without: ['torch', 'tensorrt_engine', 'openvino_engine', 'models', 'backends'] },
]
const machinery = ['measure', 'protocol', 'loop', 'supervisor', 'handlers']

test.each(conversionPackages)(
  '$folder does without the worker’s machinery and what its environment lacks',
  ({ folder, without }) => {
    const own = files.filter((file) => file.startsWith(worker + folder))
    expect(own.length).toBeGreaterThanOrEqual(3)
    const offenders = own.flatMap((file) =>
      importsOf(file)
        .filter((name) => {
          const parts = name.replace(/^enginebench_worker\./, '').split('.')
          return machinery.includes(parts[parts[0] === 'wire' ? 1 : 0] ?? '') || without.includes(parts[0] ?? '')
        })
        .map((name) => `${file}: ${name}`),
    )
    expect(offenders).toEqual([])
  },
)

test('heavy libraries are imported where they are used, never when the worker starts', () => {
  const heavy = /^(import|from)\s+(torch|onnxruntime|onnx|transformers|ultralytics|tensorrt|openvino)\b/m
  const atStart = files.filter((file) => !file.slice(worker.length).includes('/') && !/execution/.test(file))
  expect(atStart.length).toBeGreaterThan(5)
  expect(atStart.filter((file) => heavy.test(readText(file)))).toEqual([])
})

test('the wire needs nothing but the standard library, since a worker answers before anything is installed', () => {
  const standard = ['__future__', 'collections', 'dataclasses', 'functools', 'json', 'math', 'os', 'threading', 'types']
  const wire = files.filter((file) => file.startsWith(`${worker}wire/`))
  expect(wire.length).toBeGreaterThanOrEqual(6)
  const offenders = wire.flatMap((file) =>
    importsOf(file)
      .filter((name) => !name.startsWith('enginebench_worker.wire'))
      .filter((name) => ![...standard, 'typing'].includes(name.split('.')[0] ?? ''))
      .map((name) => `${file}: ${name}`),
  )
  expect(offenders).toEqual([])
})
