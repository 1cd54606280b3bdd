// What ONNX Runtime in Node says of itself. Loads the library, which is the only proof that it can be loaded.
import { z } from 'zod'
import type { BackendStatus } from '../../../shared/domain/backend.ts'
import { optionsSchema } from './session-settings.ts'

export async function describeOnnxruntimeNode(): Promise<BackendStatus> {
  const always = {
    id: 'onnxruntime-node',
    runsIn: 'built-in',
    licence: null,
    optionsSchema: z.toJSONSchema(optionsSchema, { io: 'input' }),
  } as const
  try {
    const { env } = await import('onnxruntime-node')
    return {
      ...always,
      available: true,
      reason: null,
      remedy: null,
      version: env.versions.node ?? null,
      precisions: ['fp32', 'fp16', 'int8'],
      devices: ['cpu'],
    }
  } catch (error) {
    const words = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
    return {
      ...always,
      available: false,
      reason: `The library onnxruntime-node cannot be loaded: ${words}.`,
      remedy: 'Install the app again for this platform.',
      version: null,
      precisions: [],
      devices: [],
    }
  }
}
