// The Python environment that the tests were given, adopted as a user would: by the command line.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { applicationFolder } from './runtime.ts'

/** Absolute interpreter with torch, onnx and onnxruntime; undefined where none was made. */
export const testPython = process.env.ENGINEBENCH_TEST_PYTHON

export async function adoptPython(home: string): Promise<void> {
  if (!testPython) throw new Error('ENGINEBENCH_TEST_PYTHON names no interpreter')
  const cli = join(applicationFolder, 'out', 'cli', 'enginebench.cjs')
  await promisify(execFile)(process.execPath, [cli, 'setup', 'python', '--use', testPython], {
    env: { ...process.env, ENGINEBENCH_HOME: home },
  })
}
