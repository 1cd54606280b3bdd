// Why one candidate can never run this model, whatever is installed; null if it can. An unavailable backend does not
// report its precisions and devices, so those are not checked.

import { artifactKinds } from '../domain/artifact-kind.ts'
import { type BackendId, type BackendStatus, backendIds, backendLabels, backendRows } from '../domain/backend.ts'
import { otherCardRemedy, refusalOnCard } from '../domain/backend-cards.ts'
import { hasTuned, isTuned } from '../domain/backend-measuring.ts'
import type { BenchErrorRecord } from '../domain/bench-error.ts'
import { deviceKindOf, gpuOf } from '../domain/device.ts'
import type { Gpu } from '../domain/fingerprint.ts'
import { isGpuLibrary, libraryRefusal, precisionRefusal } from '../domain/gpu-capability.ts'
import type { ModelManifest } from '../domain/model.ts'
import type { Candidate, Plan } from '../domain/plan.ts'
import { type Precision, precisionLabel } from '../domain/precision.ts'
import { customOperatorRefusal } from './custom-operators.ts'
import { planRefusal } from './plan-refusal.ts'
import { convertCommand } from './recipe.ts'

export function candidateRefusal(
  { backend, precision, artifact, options }: Candidate,
  { device, model }: Pick<Plan, 'device' | 'model'>,
  manifest: ModelManifest,
  statuses: ReadonlyMap<BackendId, BackendStatus>,
  gpus: readonly Gpu[] = [],
): BenchErrorRecord | null {
  const label = backendLabels[backend]
  if (!canTake(backend, manifest)) {
    return planRefusal(
      'bad-usage',
      `${label} cannot run ${manifest.name}: it has no ${backendRows[backend].runs === 'module' ? 'PyTorch' : 'Ultralytics'} module for it.`,
      `Choose from: ${manifest.backends.join(', ')}.`,
    )
  }
  const foreign = customOperatorRefusal({ backend }, label, manifest)
  if (foreign !== null) return foreign
  if (isTuned({ options }) && !hasTuned(backend, device)) {
    return planRefusal(
      'bad-usage',
      `${label} has no tuned settings on ${device}.`,
      `Choose from: ${backendIds.filter((id) => hasTuned(id, device)).join(', ')}.`,
    )
  }
  const status = statuses.get(backend)
  if (status?.available !== true) return null
  const card = gpuOf(device, gpus)
  const beyondCard = card === null ? null : cardRefusal(backend, precision, card, status)
  if (beyondCard !== null) return beyondCard
  if (!status.precisions.includes(precision)) {
    return planRefusal(
      'unsupported-precision',
      `${label} does not offer ${precisionLabel(precision)} on this machine.`,
      `Choose from: ${status.precisions.join(', ')}.`,
    )
  }
  const kind = deviceKindOf(device)
  if (!status.devices.includes(kind)) {
    return planRefusal(
      'backend-unavailable',
      `${label} does not run on ${device} here.`,
      status.deviceRemedies?.[kind] ?? `Choose from: ${status.devices.join(', ')}.`,
    )
  }
  const { runs, builds } = backendRows[backend]
  if (runs === 'engine' && builds !== null && artifact === undefined) {
    return planRefusal(
      'missing-artifact',
      `${label} runs an engine that was built for this machine, and the plan names none for ${precisionLabel(precision)}.`,
      `Build it: ${convertCommand(model, artifactKinds[builds].target, precision, device)}; then run the artifact that it prints.`,
    )
  }
  return null
}

/** Why a card cannot run a backend or a precision, in its own name; null if it can. */
function cardRefusal(
  backend: BackendId,
  precision: Precision,
  card: Gpu,
  status: BackendStatus,
): BenchErrorRecord | null {
  if (backendRows[backend].runs === 'nothing') return null
  const unfit = isGpuLibrary(backend) ? libraryRefusal(card, backend) : null
  const reason = unfit?.message ?? refusalOnCard(status, card)
  if (reason !== null) {
    const remedy = otherCardRemedy(status, unfit?.remedy ?? 'Use the CPU, another card, or another backend.')
    return planRefusal('backend-unavailable', reason, remedy)
  }
  const message = precisionRefusal(card, precision)
  if (message === null) return null
  const others = backendRows[backend].precisions.filter((each) => precisionRefusal(card, each) === null)
  return planRefusal('unsupported-precision', message, `Choose from: ${others.join(', ')}.`)
}

/** ONNX backends run any model's file; the others need the module itself. */
function canTake(backend: BackendId, { source, backends }: ModelManifest): boolean {
  if (backends.includes(backend)) return true
  const { runs } = backendRows[backend]
  if (runs === 'ultralytics-module') return source.library === 'ultralytics'
  return runs !== 'module' || ['transformers', 'built-in', 'own'].includes(source.library)
}
