// Makes a session that is thrown away, has it save its optimized graph, and reads the proof of the precision there.
// The files live in a private folder that is removed; the weights are read by nobody.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onnx } from 'onnx-proto'
import type { InferenceSession } from 'onnxruntime-node'
import type { Precision } from '../../../shared/domain/precision.ts'
import type { PrecisionProof } from '../../../shared/domain/precision-proof.ts'
import { loadFailure } from './load-failure.ts'
import { provePrecision } from './precision-proof.ts'
import { savingSettings } from './session-settings.ts'

export async function proofFromSession(
  claimed: Precision,
  file: string,
  settings: InferenceSession.SessionOptions,
  facts: readonly string[],
): Promise<PrecisionProof> {
  const folder = await mkdtemp(join(tmpdir(), 'enginebench-proof-'))
  try {
    const optimizedFile = join(folder, 'optimized.onnx')
    const { InferenceSession } = await import('onnxruntime-node')
    const session = await InferenceSession.create(file, savingSettings(settings, optimizedFile, 'weights.bin'))
    await session.release()
    return provePrecision(claimed, await graphOf(file), await graphOf(optimizedFile), facts)
  } catch (error) {
    throw loadFailure(error)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function graphOf(file: string): Promise<onnx.IGraphProto> {
  const { graph } = onnx.ModelProto.decode(await readFile(file))
  if (!graph) throw new Error('the file holds no graph')
  return graph
}
