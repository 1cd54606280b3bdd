// The backends that can be asked for, and what each says of itself on this machine.
// A backend that cannot run is listed with its reason and remedy: greyed, never hidden.
import { z } from 'zod'
import { precisionSchema } from './precision.ts'

export const backendIds = [
  'torch-eager',
  'torch-compile',
  'torch-cudagraph',
  'onnxruntime',
  'onnxruntime-node',
  'torch-tensorrt',
  'tensorrt',
  'tensorrt-rtx',
  'openvino',
  'ultralytics',
  'simulated',
] as const

export const backendIdSchema = z.enum(backendIds)
export type BackendId = z.infer<typeof backendIdSchema>

export const backendStatusSchema = z.object({
  id: backendIdSchema,
  /** Where its worker runs. `built-in` needs nothing installed. */
  runsIn: z.enum(['python', 'built-in']),
  available: z.boolean(),
  /** Why not, one sentence; null when available. */
  reason: z.string().nullable(),
  /** The one thing that helps; null when available. */
  remedy: z.string().nullable(),
  /** Version of the library as loaded; null when not loaded. */
  version: z.string().nullable(),
  /** What it can claim on this machine, per device. */
  precisions: z.array(precisionSchema),
  devices: z.array(z.string()),
  /** What would bring a device that is not among these, by device: `pip install …`. Absent where nothing is known. */
  deviceRemedies: z.record(z.string(), z.string()).optional(),
  /** SPDX id where installing it needs the user's consent (Ultralytics: AGPL-3.0); null otherwise. */
  licence: z.string().nullable(),
  /** JSON Schema of its options, from which the form is drawn; null when it has none. */
  optionsSchema: z.record(z.string(), z.unknown()).nullable(),
  /**
   * Whether it can build its own kind of artifact here, which may need less than running one (no GPU, say).
   * Null where it builds nothing; absent where an older worker does not say.
   */
  builder: z
    .object({
      available: z.boolean(),
      reason: z.string().nullable(),
      remedy: z.string().nullable(),
      /** What really builds: `TensorRT 11.4.0.106`. Null when not loaded. */
      library: z.string().nullable(),
      precisions: z.array(precisionSchema),
    })
    .nullable()
    .optional(),
})
export type BackendStatus = z.infer<typeof backendStatusSchema>

/** What a person reads: `PyTorch eager`. */
export const backendLabels: Readonly<Record<BackendId, string>> = {
  'torch-eager': 'PyTorch eager',
  'torch-compile': 'torch.compile',
  'torch-cudagraph': 'CUDA graph',
  onnxruntime: 'ONNX Runtime',
  'onnxruntime-node': 'ONNX Runtime (Node)',
  'torch-tensorrt': 'Torch-TensorRT',
  tensorrt: 'TensorRT',
  'tensorrt-rtx': 'TensorRT-RTX',
  openvino: 'OpenVINO',
  ultralytics: 'Ultralytics',
  simulated: 'Simulated',
}

/** What is compared when nothing was chosen: backends that start in seconds and need nothing converted first. */
export const defaultBackends: ReadonlySet<BackendId> = new Set([
  'torch-eager',
  'ultralytics',
  'onnxruntime',
  'onnxruntime-node',
  'openvino',
])
