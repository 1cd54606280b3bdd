// Reads a user's ONNX file, refuses what is unsafe, and writes exactly the checked bytes into a private folder, so that
// swapping the file later changes nothing. Runs in the worker, never in the supervising process. Does not run the model
// and loads no runtime.

import { createHash } from 'node:crypto'
import { open, realpath } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { onnx } from 'onnx-proto'
import { BenchError } from '../../shared/domain/bench-error.ts'
import { sizeLimits } from '../../shared/worker-protocol/limits.ts'
import type { RequestResult } from '../../shared/worker-protocol/requests.ts'
import { modelSha256 } from '../inputs/model-files.ts'
import { writing } from '../store/atomic-file.ts'
import { copyExternalData, openModelFile } from './external-data.ts'
import { badModelFile } from './model-refusal.ts'
import { interfaceOf } from './onnx-interface.ts'
import { checkModel, type UnknownDomains } from './onnx-safety.ts'
import { scanModelBytes } from './onnx-scan.ts'
import { statedPreprocessing } from './stated-preprocessing.ts'

export type ModelFacts = RequestResult<'inspect-model'>

/** @param onPiece called while much is copied, so that a long copy is not taken for a stuck one. */
export async function inspectModel(
  file: string,
  copyFolder: string,
  onPiece: () => void = () => {},
  unknownDomains: UnknownDomains = 'refused',
): Promise<ModelFacts> {
  const realFile = await realpath(file).catch((error: Error) => {
    throw badModelFile(`${file} cannot be read`, error.message)
  })
  const bytes = await readModelBytes(realFile)
  const { model, functionAttributes } = decode(bytes)
  const { extents, customOperators } = checkModel(model, functionAttributes, unknownDomains)
  const copied = await copyExternalData(extents, dirname(realFile), copyFolder, onPiece)
  await writing(copyFolder, () => writeCopy(join(copyFolder, 'model.onnx'), bytes))
  const described = interfaceOf(model)
  return {
    ...described,
    metadata: { ...described.metadata, ...(await statedPreprocessing(realFile)) },
    externalFiles: copied.map(({ location }) => location),
    ...(customOperators.length > 0 && { customOperators: [...customOperators] }),
    sha256: modelSha256(createHash('sha256').update(bytes).digest('hex'), copied),
  }
}

async function readModelBytes(file: string): Promise<Buffer> {
  const { handle, sizeBytes } = await openModelFile(file, 'it', sizeLimits.modelBytes.most)
  try {
    if (sizeBytes === 0) throw badModelFile('it is empty')
    const bytes = Buffer.alloc(sizeBytes)
    let filled = 0
    while (filled < sizeBytes) {
      const { bytesRead } = await handle.read(bytes, filled, Math.min(sizeBytes - filled, 2 ** 30), filled)
      if (bytesRead === 0) throw badModelFile('it grew shorter while it was read')
      filled += bytesRead
    }
    return bytes
  } finally {
    await handle.close()
  }
}

function decode(bytes: Buffer) {
  try {
    const functionAttributes = scanModelBytes(bytes)
    return { model: onnx.ModelProto.decode(bytes), functionAttributes }
  } catch (error) {
    if (error instanceof BenchError) throw error
    throw badModelFile('it is not an ONNX model', error instanceof Error ? error.message : null)
  }
}

async function writeCopy(file: string, bytes: Buffer): Promise<void> {
  const handle = await open(file, 'wx', 0o600)
  try {
    await handle.writeFile(bytes)
    await handle.sync()
  } finally {
    await handle.close()
  }
}
