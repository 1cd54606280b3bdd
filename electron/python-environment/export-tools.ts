// Versions of the libraries that make artifacts, for the keys of caches: another torch makes another ONNX file.
// An environment that is not there adds nothing.
import { type BackendId, backendsWhere } from '../../shared/domain/backend.ts'
import type { PythonEnvironments } from '../services.ts'
import { readInterpreter } from './interpreter-contents.ts'

const exporting = backendsWhere((row) => row.exports.length > 0)

/** Over both environments that export models; each name is led by its backend: `torch-eager/torch`. */
export async function readExportTools(environments: PythonEnvironments): Promise<Readonly<Record<string, string>>> {
  const versions = await Promise.all(
    exporting.map(async (backend) => {
      const tools = Object.entries(await readEnvironmentTools(environments, backend))
      return Object.fromEntries(tools.map(([name, version]) => [`${backend}/${name}`, version]))
    }),
  )
  return Object.assign({}, ...versions)
}

/** Of the environment that a backend's worker runs in: `python`, `onnxslim`, `openvino`, … */
export async function readEnvironmentTools(
  environments: PythonEnvironments,
  backend: BackendId,
): Promise<Readonly<Record<string, string>>> {
  const interpreter = await environments.interpreterFor(backend).catch(() => null)
  if (interpreter === null) return {}
  const { pythonVersion, packages } = await readInterpreter(interpreter)
  return { python: pythonVersion, ...packages }
}
