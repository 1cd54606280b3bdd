import { z } from 'zod'
import { BenchError } from '../../shared/domain/bench-error.ts'
import type { OptionFault } from '../../shared/domain/option.ts'
import {
  defaultTensorrtVersion,
  environmentNameSchema,
  environments,
  type TensorrtChoice,
  tensorrtVersionSchema,
} from '../../shared/domain/python-environment.ts'
import type { PythonProgress } from '../../shared/ipc/contract.ts'
import { chooseTensorrt, cudaMajors } from '../python-environment/tensorrt.ts'
import {
  defaultTorchVersion,
  environmentsWithTorch,
  requireSupportedTorch,
} from '../python-environment/torch-version.ts'
import { type CommandContext, defineCommand, doesNotApply, jsonOption, type OptionSet, type Typed } from './command.ts'
import { exitCodes } from './exit-code.ts'
import { bytesText, durationText } from './figure-text.ts'
import type { Terminal } from './terminal.ts'

const torchVersion = z
  .string()
  .default(defaultTorchVersion)
  .transform((version, context) => {
    try {
      requireSupportedTorch(version)
      return version
    } catch (error) {
      if (!(error instanceof BenchError)) throw error
      const { message, remedy } = error.record
      context.addIssue({ code: 'custom', message: remedy, params: { message } })
      return z.NEVER
    }
  })

const setupOptions = {
  environment: {
    flag: 'environment',
    valueName: 'name',
    schema: environmentNameSchema.default('main'),
    description: 'Which environment; main holds PyTorch, ONNX Runtime and what converts models',
  },
  torchSource: {
    flag: 'torch-source',
    valueName: 'url-or-folder',
    schema: z.string().optional(),
    description: 'Package index or folder of wheels to install torch from',
    defaultText: "pip's own",
  },
  torchVersion: {
    flag: 'torch-version',
    valueName: 'version',
    schema: torchVersion,
    description: 'Version of torch, 2.10 or newer',
  },
  tensorrtVersion: {
    flag: 'tensorrt-version',
    valueName: 'version',
    schema: tensorrtVersionSchema.optional(),
    description: 'Version of TensorRT, 10.14 or newer, or 11',
    defaultText: defaultTensorrtVersion,
  },
  cuda: {
    flag: 'cuda',
    valueName: 'major',
    schema: z.enum(cudaMajors).optional(),
    description: 'CUDA that TensorRT is built for',
    defaultText: 'the newest that the driver supports',
  },
  tensorrtSource: {
    flag: 'tensorrt-source',
    valueName: 'url-or-folder',
    schema: z.string().optional(),
    description: "Package index, e.g. NVIDIA's, or folder of wheels to install TensorRT from",
    defaultText: "pip's own",
  },
  python: {
    flag: 'python',
    valueName: 'interpreter',
    schema: z.string().optional(),
    description: 'Python 3.10 or newer that creates the environment',
    defaultText: 'the first on PATH',
  },
  use: {
    flag: 'use',
    valueName: 'interpreter',
    schema: z.string().optional(),
    description: 'Use an existing environment',
  },
  acceptLicence: {
    flag: 'accept-licence',
    valueName: 'spdx',
    schema: z.array(z.string()).default([]),
    description: 'Licence that you have read and accept, e.g. AGPL-3.0 or LicenseRef-NVIDIA-TensorRT',
  },
  repair: {
    flag: 'repair',
    valueName: null,
    schema: z.boolean().default(false),
    description: 'Create the environment again even if it exists',
  },
  json: jsonOption,
} as const satisfies OptionSet

type SetupContext = CommandContext<typeof setupOptions>

/** Creates the private Python environment, or uses an existing interpreter. */
export const setupCommand = defineCommand({
  usage: 'setup <what>',
  description: 'Set up Python: setup python',
  options: setupOptions,
  examples: [
    'enginebench setup python',
    'enginebench setup python --use ./venv/bin/python',
    'enginebench setup python --environment openvino',
    'enginebench setup python --environment tensorrt --tensorrt-version 11.4.0.106 --accept-licence LicenseRef-NVIDIA-TensorRT',
  ],
  misfits: setupMisfits,
  async run(context) {
    const { services, terminal, values } = context
    const { environment: name, use } = values
    const environment = use === undefined ? await install(context) : await services.pythonEnvironments.adopt(name, use)
    if (values.json) terminal.result(JSON.stringify(environment, null, 2))
    else terminal.result(`Python environment ${name}: ${environment.state} (${environment.interpreter})`)
    return environment.state === 'ready' ? exitCodes.done : exitCodes.failed
  },
})

function setupMisfits(typed: Typed<typeof setupOptions>): readonly OptionFault[] {
  const { values, words, refused } = typed
  const { torchSource, torchVersion, tensorrtVersion, tensorrtSource, cuda, python, use, acceptLicence, repair } =
    setupOptions
  const faults: OptionFault[] =
    words[0] === undefined || words[0] === 'python'
      ? []
      : [
          {
            code: 'bad-usage',
            message: `There is nothing to set up called "${words[0]}".`,
            remedy: 'Write: enginebench setup python',
          },
        ]
  if (values.use !== undefined) {
    const unread = [torchSource, torchVersion, tensorrtVersion, tensorrtSource, cuda, python, acceptLicence, repair]
    return [...faults, ...doesNotApply(typed, unread, `with --${use.flag}: nothing is installed`)]
  }
  if (refused.has('environment')) return faults
  const name = values.environment
  const { licence, tensorrt } = environments[name]
  const unreadTensorrt =
    tensorrt === 'chosen' ? [] : [tensorrtVersion, cuda, ...(tensorrt === null ? [tensorrtSource] : [])]
  const foreign = values.acceptLicence.filter((accepted) => accepted !== licence)
  return [
    ...faults,
    ...(environmentsWithTorch.includes(name)
      ? []
      : doesNotApply(typed, [torchSource, torchVersion], `to the environment ${name}: it holds no torch`)),
    ...doesNotApply(typed, unreadTensorrt, `to the environment ${name}: it holds no TensorRT to choose`),
    ...foreign.map((accepted): OptionFault => {
      return {
        code: 'bad-usage',
        message: `--accept-licence ${accepted} does not apply to the environment ${name}.`,
        remedy: licence === null ? 'Leave it out: no licence needs accepting.' : `Its licence is ${licence}.`,
      }
    }),
  ]
}

async function install({ services, terminal, values, signal }: SetupContext) {
  const { environment, torchVersion } = values
  const torchSource = values.torchSource ?? null
  const installOptions = {
    environment,
    tensorrt: environments[environment].tensorrt === 'chosen' ? await tensorrtChoice(values, services) : null,
    tensorrtSource: values.tensorrtSource ?? null,
    basePython: values.python ?? null,
    torchSource,
    torchVersion,
    acceptedLicences: values.acceptLicence,
    repair: values.repair,
  }
  const withTorch = environmentsWithTorch.includes(environment)
  if (withTorch && torchVersion === defaultTorchVersion) await showOffer({ services, terminal }, torchSource)
  const progress = progressWriter(terminal)
  return services.pythonEnvironments.install(installOptions, progress, signal)
}

/** Null if none was named: an existing environment then stays as it is. */
async function tensorrtChoice(
  { tensorrtVersion: version, cuda }: SetupContext['values'],
  { machine }: CommandContext['services'],
): Promise<TensorrtChoice | null> {
  if (version === undefined && cuda === undefined) return null
  return chooseTensorrt(
    { version, cuda },
    (await machine()).gpus.flatMap(({ driver }) => driver ?? []),
  )
}

/** Shows which torch would be installed from where; continues the set-up if pip gives no answer. */
async function showOffer({ services, terminal }: Pick<CommandContext, 'services' | 'terminal'>, source: string | null) {
  try {
    const offer = await services.pythonEnvironments.offer(source)
    const size = offer.sizeBytes === null ? 'size unknown' : bytesText(offer.sizeBytes)
    terminal.note(`torch ${offer.version}: ${offer.file ?? 'file unknown'}, ${size}, from ${offer.source}`)
  } catch (error) {
    if (!(error instanceof BenchError) || error.record.code === 'bad-usage') throw error
  }
}

/** A line when a step begins or ends; on a terminal the installer's own lines are shown below it. */
function progressWriter(terminal: Terminal): (progress: PythonProgress) => void {
  const states = new Map<string, string>()
  return ({ steps, line }) => {
    for (const { name, state, elapsedMs, detail } of steps) {
      const before = states.get(name)
      states.set(name, state)
      if (state === 'running') {
        if (before !== 'running' && !terminal.noteIsTerminal) terminal.note(`${name} …`)
        terminal.status(`${name} · ${durationText(elapsedMs ?? 0)}${detail || line ? ` · ${detail ?? line}` : ''}`)
      } else if (before !== state && state !== 'waiting') {
        terminal.note(`${name}: ${state} in ${durationText(elapsedMs ?? 0)}${detail ? ` (${detail})` : ''}`)
      }
    }
  }
}
