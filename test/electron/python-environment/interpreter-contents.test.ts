import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readInterpreter } from '../../../electron/python-environment/interpreter-contents.ts'
import { temporaryFolder } from '../../fakes/temporary-folder.ts'

const folder = temporaryFolder()

test('ONNX Runtime for GPUs counts as ONNX Runtime, and is named as what it is', async () => {
  const packages = { 'onnxruntime-gpu': '1.31.1', onnxruntime: null, torch: '2.11.0+cu130' }
  const answer = JSON.stringify({ interpreter: '/venv/bin/python', python: '3.12.1', packages })
  const interpreter = join(folder, 'python')
  await writeFile(interpreter, `#!/bin/sh\necho '${answer}'\n`)
  await chmod(interpreter, 0o755)
  expect(await readInterpreter(interpreter)).toEqual({
    interpreter: '/venv/bin/python',
    pythonVersion: '3.12.1',
    torchVersion: '2.11.0+cu130',
    extras: ['torch', 'onnx'],
    packages: { 'onnxruntime-gpu': '1.31.1', torch: '2.11.0+cu130' },
  })
})
