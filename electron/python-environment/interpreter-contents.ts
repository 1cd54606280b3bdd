// What an interpreter can import, read from its packages' metadata; imports nothing heavy.
import { z } from 'zod'
import { type BackendId, backendsWhere } from '../../shared/domain/backend.ts'
import { BenchError } from '../../shared/domain/bench-error.ts'
import { provenExtras } from '../../shared/domain/python-environment.ts'
import type { PythonEnvironment } from '../../shared/ipc/contract.ts'
import type { PythonEnvironments } from '../services.ts'
import { runPython } from './python-process.ts'

/** Distributions whose versions affect artifacts or measurements. */
const packagesInUse = [
  ...['torch', 'torchvision', 'timm', 'torch-tensorrt', 'transformers', 'ultralytics', 'numpy', 'pillow'],
  ...['onnx', 'onnxscript', 'onnxruntime', 'onnxslim', 'nvidia-modelopt', 'onnxconverter-common', 'openvino', 'nncf'],
  ...['tensorrt-cu12', 'tensorrt-cu13', 'tensorrt-cu12-bindings', 'tensorrt-cu13-bindings', 'cuda-bindings'],
  ...['tensorrt-cu13-libs', 'tensorrt-rtx', 'onnxruntime-gpu', 'onnxruntime-ep-nv-tensorrt-rtx-cu13'],
] as const

const program = [
  'import importlib.metadata as m, json, sys',
  'def version(name):',
  '    try: return m.version(name)',
  '    except m.PackageNotFoundError: return None',
  `names = (${packagesInUse.map((name) => `"${name}"`).join(', ')})`,
  'print(json.dumps({"interpreter": sys.executable, "python": ".".join(map(str, sys.version_info[:3])),',
  '  "packages": {n: version(n) for n in names}}))',
].join('\n')

const contentsSchema = z.object({
  interpreter: z.string().min(1),
  python: z.string(),
  packages: z.record(z.string(), z.string().nullable()),
})

export interface InterpreterContents {
  readonly interpreter: string
  readonly pythonVersion: string
  readonly torchVersion: string | null
  readonly extras: PythonEnvironment['extras']
  /** Name -> version of the installed packages that this app uses. */
  readonly packages: Readonly<Record<string, string>>
}

/** Throws `python-unavailable` for a program that does not start as Python. */
export async function readInterpreter(interpreter: string, signal?: AbortSignal): Promise<InterpreterContents> {
  const answer = await runPython(interpreter, ['-c', program], { timeoutMs: 30_000, ...(signal ? { signal } : {}) })
  const parsed = answer.exitCode === 0 ? contentsSchema.safeParse(safeJson(answer.stdout)) : null
  if (!parsed?.success) {
    throw new BenchError({
      code: 'python-unavailable',
      stage: 'setup',
      message: `${interpreter} does not start as a Python interpreter.`,
      remedy: 'Name an interpreter that runs, such as VENV/bin/python.',
      cause: answer.tail.at(-1) ?? null,
    })
  }
  const { packages, python } = parsed.data
  return {
    interpreter: parsed.data.interpreter,
    pythonVersion: python,
    torchVersion: packages.torch ?? null,
    extras: provenExtras((distribution) => Boolean(packages[distribution])),
    packages: Object.fromEntries(
      Object.entries(packages).flatMap(([name, version]) => (version === null ? [] : [[name, version]])),
    ),
  }
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

// Versions of the libraries that make artifacts, for cache keys: another torch makes another ONNX file. A missing
// environment adds nothing.
const exporting = backendsWhere((row) => row.exports.length > 0)

/** Over both environments that export models; each name starts with its backend: `torch-eager/torch`. */
export async function readExportTools(environments: PythonEnvironments): Promise<Readonly<Record<string, string>>> {
  const versions = await Promise.all(
    exporting.map(async (backend) => {
      const tools = Object.entries(await readEnvironmentTools(environments, backend))
      return Object.fromEntries(tools.map(([name, version]) => [`${backend}/${name}`, version]))
    }),
  )
  return Object.assign({}, ...versions)
}

/** Of the environment in which a backend's worker runs: `python`, `onnxslim`, `openvino`, … */
async function readEnvironmentTools(
  environments: PythonEnvironments,
  backend: BackendId,
): Promise<Readonly<Record<string, string>>> {
  const interpreter = await environments.interpreterFor(backend).catch(() => null)
  if (interpreter === null) return {}
  const { pythonVersion, packages } = await readInterpreter(interpreter)
  return { python: pythonVersion, ...packages }
}
