// Takes an existing interpreter of the user's into use. It is checked and remembered, never changed.
import { BenchError } from '../../shared/domain/bench-error.ts'
import { environments, setupWords } from '../../shared/domain/python-environment.ts'
import { type EnvironmentFolder, writeCommitment } from './environment-folder.ts'
import type { CheckEnvironment } from './installation.ts'
import { readInterpreter } from './interpreter-contents.ts'
import { isSupportedTorch } from './torch-version.ts'

export async function adoptInterpreter(
  environment: EnvironmentFolder,
  interpreter: string,
  checkEnvironment: CheckEnvironment,
): Promise<void> {
  const contents = await readInterpreter(interpreter)
  const refusal = whyNot(environment.name, contents.pythonVersion, contents.torchVersion, contents.extras)
  if (refusal) {
    throw new BenchError({
      code: 'python-unavailable',
      stage: 'setup',
      message: `${interpreter} cannot be used: ${refusal}`,
      remedy: `Install what is missing into it, or let a new environment be made: ${setupWords(environment.name)}.`,
    })
  }
  await checkEnvironment(contents.interpreter, new AbortController().signal, environment.name)
  await writeCommitment(environment.adoptedFile, {
    schemaVersion: 1,
    interpreter: contents.interpreter,
    pythonVersion: contents.pythonVersion,
    extras: contents.extras,
    torchVersion: contents.torchVersion,
    sizeBytes: null,
    requirementsSha256: null,
  })
}

function whyNot(
  name: EnvironmentFolder['name'],
  pythonVersion: string,
  torchVersion: string | null,
  extras: readonly string[],
): string | null {
  const { oldestPythonMinor } = environments[name]
  if (Number(pythonVersion.split('.')[1]) < oldestPythonMinor) {
    return `Python ${pythonVersion} is too old, 3.${oldestPythonMinor} or newer is needed.`
  }
  if (torchVersion !== null && !isSupportedTorch(torchVersion)) {
    return `torch ${torchVersion} is too old, 2.10 or newer is needed.`
  }
  if (name === 'yolo' && !extras.includes('yolo')) return 'it has no ultralytics.'
  // Of an engine its own worker is the judge, not the metadata of packages.
  if (name === 'main' && !extras.includes('torch') && !extras.includes('onnx'))
    return 'it has neither torch nor onnxruntime.'
  return null
}
