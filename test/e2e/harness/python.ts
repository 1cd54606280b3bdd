// The Python environments that the tests were given, adopted as a user would: by the command line.

import { execFile } from 'node:child_process'
import { rmSync } from 'node:fs'
import { cp, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { EnvironmentName } from '../../../shared/domain/python-environment.ts'
import { applicationFolder } from './runtime.ts'

/** Absolute interpreter with torch, onnx and onnxruntime; undefined where none was made. */
export const testPython = process.env.ENGINEBENCH_TEST_PYTHON

/** Absolute interpreter with TensorRT's bindings over a builder that needs no GPU; undefined where none was made. */
export const testBuilder = process.env.ENGINEBENCH_TEST_TENSORRT_PYTHON

export function adoptPython(home: string): Promise<void> {
  if (!testPython) throw new Error('ENGINEBENCH_TEST_PYTHON names no interpreter')
  return adopt(home, 'main', testPython)
}

export function adoptBuilder(home: string): Promise<void> {
  if (!testBuilder) throw new Error('ENGINEBENCH_TEST_TENSORRT_PYTHON names no interpreter')
  return adopt(home, 'tensorrt', testBuilder)
}

/** Each is adopted once for all tests: what the command line wrote is copied from there. */
const adoptedIn = new Map<EnvironmentName, Promise<string>>()

async function adopt(home: string, environment: EnvironmentName, interpreter: string): Promise<void> {
  const known = adoptedIn.get(environment) ?? adoptAnew(environment, interpreter)
  adoptedIn.set(environment, known)
  await cp(join(await known, 'environments'), join(home, 'environments'), { recursive: true })
}

/** @returns the data folder, which lasts as long as this process. */
async function adoptAnew(environment: EnvironmentName, interpreter: string): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), `enginebench-adopted-${environment}-`))
  process.on('exit', () => rmSync(home, { recursive: true, force: true }))
  const cli = join(applicationFolder, 'out', 'cli', 'enginebench.cjs')
  const words = [cli, 'setup', 'python', '--environment', environment, '--use', interpreter]
  await promisify(execFile)(process.execPath, words, { env: { ...process.env, ENGINEBENCH_HOME: home } })
  return home
}
