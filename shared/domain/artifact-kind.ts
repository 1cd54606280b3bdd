// The kinds of artifact, one row each: which conversion target makes it, its name, and facts about its builder. Which
// backend builds or reads a kind is in that backend's row (backend.ts).
import { z } from 'zod'
import { neverSaturates, type OverflowFixChoice, overflowFixSchema } from './overflow-fix.ts'
import type { Precision } from './precision.ts'

export interface ArtifactKindRow {
  /** The recipe target that makes one. */
  readonly target: string
  /** The target's name in the choice that users see. */
  readonly label: string
  /** The library that makes it. */
  readonly library: string
  /** `TensorRT FP16 engine` */
  readonly noun: string
  /** Name of the file in the artifact's folder. */
  readonly fileName: string
  /** TF32 is a switch of a GPU engine, so no graph and no CPU engine offers it. */
  readonly precisions: readonly Precision[]
  /** True if the builder takes the FP32 file, and stores FP16 and calibrates INT8 by itself. */
  readonly lowersPrecision: boolean
  /** Whether INT8 activations may have a zero point. */
  readonly takesAsymmetric: boolean
  /** Which layers' weights INT8 may keep to 7 bits, so that sums do not saturate on any processor. */
  readonly overflowFix: OverflowFixChoice
  /** True if the builder can start from the kernel timings of earlier builds. */
  readonly hasTimingCache: boolean
  /** Rank among the targets of one click, best first; null if one click never chooses it. */
  readonly preference: number | null
  /** File extensions that identify a file from elsewhere. */
  readonly foreignExtensions: readonly string[]
  /** Keys of an artifact's `tools` that give the library's version; names of older versions last. */
  readonly toolNames: readonly string[]
}

/** Processors run these graphs, and some of them would saturate. */
const inGraph: OverflowFixChoice = { choices: ['disable', 'enable'], standard: 'enable' }
const ofNncf: OverflowFixChoice = { choices: overflowFixSchema.options, standard: null }

const rows = {
  onnx: {
    target: 'onnx',
    label: 'ONNX file',
    library: 'ONNX',
    noun: 'file',
    fileName: 'model.onnx',
    precisions: ['fp32', 'fp16', 'bf16', 'int8', 'fp8', 'int4-weights'],
    lowersPrecision: false,
    takesAsymmetric: true,
    overflowFix: inGraph,
    hasTimingCache: false,
    preference: null,
    foreignExtensions: [],
    toolNames: [],
  },
  'onnxruntime-optimized': {
    target: 'onnxruntime',
    label: 'ONNX Runtime, optimized file',
    library: 'ONNX Runtime',
    noun: 'optimized file',
    fileName: 'model.optimized.onnx',
    precisions: ['fp32', 'fp16', 'int8'],
    lowersPrecision: false,
    takesAsymmetric: true,
    overflowFix: inGraph,
    hasTimingCache: false,
    preference: 4,
    foreignExtensions: [],
    toolNames: ['ONNX Runtime', 'onnxruntime'],
  },
  'tensorrt-engine': {
    target: 'tensorrt',
    label: 'TensorRT',
    library: 'TensorRT',
    noun: 'engine',
    fileName: 'engine.plan',
    precisions: ['fp32', 'tf32', 'fp16', 'bf16', 'int8', 'fp8', 'int4-weights'],
    lowersPrecision: false,
    takesAsymmetric: false,
    overflowFix: neverSaturates,
    hasTimingCache: true,
    preference: 1,
    foreignExtensions: ['.plan', '.engine', '.trt'],
    toolNames: ['tensorrt', 'TensorRT'],
  },
  'tensorrt-rtx-engine': {
    target: 'tensorrt-rtx',
    label: 'TensorRT-RTX',
    library: 'TensorRT-RTX',
    noun: 'engine',
    fileName: 'engine.onnx',
    precisions: ['tf32', 'fp16', 'bf16'],
    lowersPrecision: false,
    takesAsymmetric: false,
    overflowFix: neverSaturates,
    hasTimingCache: false,
    preference: 2,
    foreignExtensions: [],
    toolNames: ['TensorRT-RTX', 'TensorRT-RTX plugin', 'TensorRT for RTX', 'TensorRT for RTX plugin'],
  },
  'openvino-ir': {
    target: 'openvino',
    label: 'OpenVINO',
    library: 'OpenVINO',
    noun: 'model',
    fileName: 'model.xml',
    precisions: ['fp32', 'fp16', 'int8'],
    lowersPrecision: true,
    takesAsymmetric: true,
    overflowFix: ofNncf,
    hasTimingCache: false,
    preference: 3,
    foreignExtensions: ['.xml'],
    toolNames: ['openvino', 'OpenVINO'],
  },
} as const satisfies Readonly<Record<string, ArtifactKindRow>>

export type ArtifactKind = keyof typeof rows
export type ConversionTarget = (typeof rows)[ArtifactKind]['target']

/** In the order in which they are offered. */
export const artifactKinds: Readonly<Record<ArtifactKind, ArtifactKindRow & { readonly target: ConversionTarget }>> =
  rows

const kindIds = Object.keys(rows) as readonly ArtifactKind[]
export const artifactKindSchema = z.enum(kindIds)
export const conversionTargetSchema = z.enum(kindIds.map((kind): ConversionTarget => rows[kind].target))

const kindOfTarget = new Map(kindIds.map((kind) => [artifactKinds[kind].target, kind]))

export function artifactKindOf(target: ConversionTarget): ArtifactKind {
  return kindOfTarget.get(target) ?? 'onnx'
}

export function rowOfTarget(target: ConversionTarget): (typeof artifactKinds)[ArtifactKind] {
  return artifactKinds[artifactKindOf(target)]
}

/** The kind of a file that was built elsewhere, by its extension; null for any other file. */
export function foreignKindOf(extension: string): ArtifactKind | null {
  return kindIds.find((kind) => artifactKinds[kind].foreignExtensions.includes(extension.toLowerCase())) ?? null
}
