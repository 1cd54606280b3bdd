// The options of `convert` that only the builder of an engine reads, what they make of a recipe, and those that the
// target's builder would not read.
import { resolve } from 'node:path'
import { z } from 'zod'
import { artifactKinds, type ConversionTarget, conversionTargetSchema } from '../../shared/domain/artifact-kind.ts'
import { isBuiltOnGpu } from '../../shared/domain/backend.ts'
import { deviceSchema } from '../../shared/domain/device.ts'
import { hardwareLevels } from '../../shared/domain/gpu-capability.ts'
import type { Option, OptionFault } from '../../shared/domain/option.ts'
import {
  defaultEngineOptions,
  type EngineOptions,
  engineOptionsSchema,
  hardwareOptions,
  type Recipe,
} from '../../shared/domain/recipe.ts'
import { doesNotApply, type Typed } from './command.ts'
import { pluginOptions } from './plugin-options.ts'

const isOn = z.boolean().default(false)

export const engineOptions = {
  device: {
    flag: 'device',
    valueName: 'device',
    schema: deviceSchema.optional(),
    description:
      "TensorRT and TensorRT-RTX: the GPU to build on: cuda, cuda:1 (CUDA's second), or a UUID of a GPU or MIG instance",
    defaultText: 'cuda',
  },
  workspaceGib: {
    flag: 'workspace-gib',
    valueName: 'size',
    schema: engineOptionsSchema.shape.workspaceGib.default(defaultEngineOptions.workspaceGib),
    description: 'TensorRT and TensorRT-RTX: memory that the builder may use, in GiB',
  },
  optimizationLevel: {
    flag: 'optimization-level',
    valueName: 'level',
    schema: engineOptionsSchema.shape.optimizationLevel.default(defaultEngineOptions.optimizationLevel),
    description: "TensorRT: the builder's optimization level",
    defaultText: "the library's",
  },
  noTimingCache: {
    flag: 'no-timing-cache',
    valueName: null,
    schema: isOn,
    description: 'TensorRT: time every kernel again instead of reading the timing cache',
  },
  timingCacheFile: {
    flag: 'timing-cache',
    valueName: 'file',
    schema: z
      .string()
      .transform((text) => resolve(text))
      .optional(),
    description: "TensorRT: read and update this timing cache instead of the app's own; made if it does not exist",
  },
  versionCompatible: {
    flag: 'version-compatible',
    valueName: null,
    schema: isOn,
    description: 'TensorRT: build an engine that later versions can read',
  },
  hardwareCompatible: {
    flag: 'hardware-compatible',
    valueName: 'gpus',
    valueMayBeLeftOut: true,
    schema: z.enum(hardwareLevels).default('ampere-plus'),
    description:
      'TensorRT: build an engine that other GPUs can run: all since Ampere, or those of one compute capability',
  },
  ...pluginOptions,
} as const satisfies Readonly<Record<string, Option>>

export type EngineTyped = Pick<Typed<typeof engineOptions>, 'values' | 'given'>

/** `base` is that of the target without any option. */
export function engineFrom(typed: EngineTyped, base: Recipe): Pick<Recipe, 'engine' | 'device'> {
  const { device } = typed.values
  return { engine: builderOptions(typed, base.engine), ...(device !== undefined && { device }) }
}

function builderOptions({ values, given }: EngineTyped, base: EngineOptions | null): EngineOptions | null {
  if (base === null) return null
  const { workspaceGib, optimizationLevel, noTimingCache, timingCacheFile } = values
  const { versionCompatible, hardwareCompatible } = values
  return {
    ...{ workspaceGib, optimizationLevel, timingCache: !noTimingCache, versionCompatible },
    ...hardwareOptions(given.has(engineOptions.hardwareCompatible.flag) ? hardwareCompatible : null),
    ...(timingCacheFile !== undefined && { timingCacheFile }),
  }
}

/** Typed options that the builder of the target would not read. */
export function engineMisfits(typed: EngineTyped, to: ConversionTarget): readonly OptionFault[] {
  const { device, workspaceGib, ...tensorrtOnly } = engineOptions
  const onGpu = conversionTargetSchema.options.filter(isBuiltOnGpu)
  return [
    ...onlyFor(onGpu, typed, [device, workspaceGib], to),
    ...onlyFor(['tensorrt'], typed, Object.values(tensorrtOnly), to),
    ...(typed.values.noTimingCache ? doesNotApply(typed, [tensorrtOnly.timingCacheFile], 'to --no-timing-cache') : []),
  ]
}

/** Options that only the builders of some targets read. */
function onlyFor(
  targets: readonly ConversionTarget[],
  typed: Pick<Typed, 'given'>,
  read: readonly Option[],
  to: ConversionTarget,
): readonly OptionFault[] {
  if (targets.includes(to)) return []
  const labels = Object.values(artifactKinds).flatMap(({ target, label }) => (targets.includes(target) ? label : []))
  return doesNotApply(typed, read, `to --to ${to}: only the builder of ${labels.join(' and ')} reads it`)
}
