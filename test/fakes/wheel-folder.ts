// A folder of tiny wheels, so that a set-up runs pip for real without a network. Each holds nothing but metadata and
// an empty module. Returns the requirement lines with their hashes.

import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const zipProgram = [
  'import sys, zipfile',
  'wheel, name, version = sys.argv[1:]',
  'info = f"{name}-{version}.dist-info"',
  'with zipfile.ZipFile(wheel, "w") as z:',
  '    z.writestr(f"{name}.py", "")',
  '    z.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n")',
  '    z.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nGenerator: fake\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")',
  '    z.writestr(f"{info}/RECORD", "")',
].join('\n')

export async function makeWheel(folder: string, name: string, version: string): Promise<string> {
  await mkdir(folder, { recursive: true })
  const file = join(folder, `${name}-${version}-py3-none-any.whl`)
  await promisify(execFile)('python3', ['-c', zipProgram, file, name, version])
  const sha256 = createHash('sha256')
    .update(await readFile(file))
    .digest('hex')
  return `${name}==${version} --hash=sha256:${sha256}`
}

/** A stand-in for electron/python: its requirement files alone. */
export async function makeRequirements(folder: string, lines: readonly string[]): Promise<string> {
  await mkdir(join(folder, 'requirements'), { recursive: true })
  for (const name of ['main', 'yolo', 'openvino', 'tensorrt-cu13', 'onnxruntime-tensorrt']) {
    await writeFile(join(folder, 'requirements', `${name}.txt`), `${lines.join('\n')}\n`)
  }
  await writeFile(join(folder, 'requirements', 'torchvision.txt'), 'torchvision==0.28.0\n')
  return folder
}

/**
 * A program that passes for a Python and makes a virtual environment by copying one, which takes a tenth of the time.
 * @param template a virtual environment made for real.
 */
export async function makeQuickPython(file: string, template: string): Promise<string> {
  const answer = JSON.stringify({ interpreter: file, version: [3, 11, 0], missing: [] })
  const program = [
    '#!/bin/sh',
    // -I -c PROGRAM venv FOLDER
    `if [ "$4" = venv ]; then cp -r '${template}/.' "$5"; else printf '%s\\n' '${answer}'; fi`,
  ]
  await writeFile(file, `${program.join('\n')}\n`, { mode: 0o755 })
  return file
}
