// Which backend of this machine can give an artifact's outputs: one that reads the artifact itself, else ONNX Runtime
// with the ONNX file that it was built from. Tells which, since the second proves the graph and not the engine.

import { readersOf } from '../../shared/domain/artifact.ts'
import { type BackendId, backendLabels } from '../../shared/domain/backend.ts'
import { type Precision, precisionLabel } from '../../shared/domain/precision.ts'
import type { WorkerCase } from '../../shared/domain/worker-case.ts'
import type { BackendDriver } from '../backends/backend-driver.ts'
import type { ArtifactParityRequest } from './artifact-parity.ts'

export interface ArtifactRunner {
  readonly driver: BackendDriver
  readonly case: Pick<WorkerCase, 'backend' | 'precision' | 'onnxFile' | 'engineFile' | 'device' | 'options'>
  /** What ran, for the user. */
  readonly name: string
  readonly isArtifactItself: boolean
}

type Drivers = ReadonlyMap<BackendId, BackendDriver>

export async function artifactRunner(
  drivers: Drivers,
  {
    engine,
    onnxFile,
    precision,
    elsewhere,
  }: Pick<ArtifactParityRequest, 'engine' | 'onnxFile' | 'precision' | 'elsewhere'>,
): Promise<ArtifactRunner | { readonly reason: string }> {
  const reader = engine === null ? null : await firstAble(drivers, readersOf(engine), precision)
  if (engine !== null && reader !== null) {
    return {
      driver: reader.driver,
      case: { ...caseOn(reader, precision), onnxFile: null, engineFile: engine.file, options: {} },
      name: backendLabels[reader.driver.id],
      isArtifactItself: true,
    }
  }
  if (precision === 'bf16') return { reason: 'not judged: ONNX Runtime has no BF16 kernels here' }
  // TF32 is a switch of the engine: its file is the FP32 one.
  const stored = precision === 'tf32' ? 'fp32' : precision
  const runtime = await firstAble(drivers, ['onnxruntime', 'onnxruntime-node'], stored)
  if (runtime === null) return { reason: `not judged: no ONNX Runtime here runs ${precisionLabel(stored)}` }
  return {
    driver: runtime.driver,
    case: {
      ...caseOn(runtime, stored),
      onnxFile,
      engineFile: null,
      // Its optimizer fuses FP16 scales into what its kernels do not compute.
      options: precision === 'int8' && elsewhere === 'fp16' ? { graphOptimization: 'disabled' } : {},
    },
    name: backendLabels[runtime.driver.id],
    isArtifactItself: engine === null,
  }
}

interface Able {
  readonly driver: BackendDriver
  readonly device: WorkerCase['device']
}

async function firstAble(drivers: Drivers, ids: readonly BackendId[], precision: Precision): Promise<Able | null> {
  for (const id of ids) {
    const driver = drivers.get(id)
    const status = await driver?.describe()
    if (driver === undefined || status?.available !== true || !status.precisions.includes(precision)) continue
    return { driver, device: status.devices.includes('cpu') ? 'cpu' : 'cuda' }
  }
  return null
}

function caseOn({ driver, device }: Able, precision: Precision) {
  return { backend: driver.id, precision, device }
}
