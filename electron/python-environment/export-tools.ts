// Versions of the libraries that export models, over both environments: another torch makes another ONNX file.
// An environment that is not there adds nothing.
import type { BackendId } from '../../shared/domain/backend.ts'
import type { PythonEnvironments } from '../services.ts'
import { readInterpreter } from './interpreter-contents.ts'

const oneOfEach: readonly BackendId[] = ['torch-eager', 'ultralytics']

export async function readExportTools(environments: PythonEnvironments): Promise<Readonly<Record<string, string>>> {
  const versions = await Promise.all(
    oneOfEach.map(async (backend) => {
      const interpreter = await environments.interpreterFor(backend).catch(() => null)
      if (interpreter === null) return {}
      const { pythonVersion, packages } = await readInterpreter(interpreter)
      const prefixed = Object.entries({ python: pythonVersion, ...packages })
      return Object.fromEntries(prefixed.map(([name, version]) => [`${backend}/${name}`, version]))
    }),
  )
  return Object.assign({}, ...versions)
}
