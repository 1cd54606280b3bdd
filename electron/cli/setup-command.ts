import { BenchError } from '../../shared/domain/bench-error.ts'
import {
  type EnvironmentName,
  environmentNameSchema,
  type TensorrtChoice,
} from '../../shared/domain/python-environment.ts'
import type { PythonProgress } from '../../shared/ipc/contract.ts'
import { chooseTensorrt, cudaMajors, defaultTensorrtVersion, tensorrtVersions } from '../python-environment/tensorrt.ts'
import { defaultTorchVersion, environmentsWithTorch } from '../python-environment/torch-version.ts'
import { type CliCommand, type CommandContext, jsonOption } from './command.ts'
import { exitCodes } from './exit-code.ts'
import { bytesText, durationText } from './figure-text.ts'
import { choiceOption, listOption, type Options, switchOption, textOption } from './option-value.ts'
import type { Terminal } from './terminal.ts'
import { usageError } from './usage-error.ts'

/** Makes the private Python environment, or takes an existing interpreter into use. */
export const setupCommand: CliCommand = {
  usage: 'setup <what>',
  description: 'Set up Python: setup python',
  options: [
    {
      flags: '--environment <name>',
      description: `${environmentNameSchema.options.join(', ')}; default main (torch, onnxruntime, what converts)`,
    },
    { flags: '--torch-source <url-or-dir>', description: 'Package index or folder of wheels that torch comes from' },
    { flags: '--torch-version <version>', description: `2.10 or newer; default ${defaultTorchVersion}` },
    {
      flags: '--tensorrt-version <version>',
      description: `${tensorrtVersions.join(' or ')}; default ${defaultTensorrtVersion}`,
    },
    { flags: '--cuda <major>', description: 'cu12 or cu13, of TensorRT; default: what the driver supports' },
    { flags: '--python <interpreter>', description: 'Python 3.10 or newer that makes the environment' },
    { flags: '--use <interpreter>', description: 'Take an existing environment into use instead of making one' },
    {
      flags: '--accept-licence <spdx>',
      description: 'Licence that you have read and accept, as AGPL-3.0 or LicenseRef-NVIDIA-TensorRT',
    },
    { flags: '--repair', description: 'Make it anew even if it is there' },
    jsonOption,
  ],
  examples: [
    'enginebench setup python',
    'enginebench setup python --use ./venv/bin/python',
    'enginebench setup python --environment openvino',
    'enginebench setup python --environment tensorrt --tensorrt-version 11.4.0.106 --accept-licence LicenseRef-NVIDIA-TensorRT',
  ],
  async run(context) {
    const { services, terminal, options, words } = context
    if (words[0] !== 'python') throw usageError(`There is no set-up of ${words[0]}.`, 'Write: enginebench setup python')
    const name = choiceOption(options, 'environment', environmentNameSchema.options) ?? 'main'
    const adopted = textOption(options, 'use')
    const environment =
      adopted === null ? await install(context, name) : await services.pythonEnvironments.adopt(name, adopted)
    if (switchOption(options, 'json')) terminal.result(JSON.stringify(environment, null, 2))
    else terminal.result(`Python environment ${name}: ${environment.state} (${environment.interpreter})`)
    return environment.state === 'ready' ? exitCodes.done : exitCodes.failed
  },
}

async function install({ services, terminal, options, signal }: CommandContext, environment: EnvironmentName) {
  const torchSource = textOption(options, 'torchSource')
  const torchVersion = textOption(options, 'torchVersion') ?? defaultTorchVersion
  const installOptions = {
    environment,
    tensorrt: environment === 'tensorrt' ? await tensorrtChoice(options, services) : null,
    basePython: textOption(options, 'python'),
    torchSource,
    torchVersion,
    acceptedLicences: listOption(options, 'acceptLicence') ?? [],
    repair: switchOption(options, 'repair'),
  }
  const withTorch = environmentsWithTorch.includes(environment)
  if (withTorch && torchVersion === defaultTorchVersion) await showOffer({ services, terminal }, torchSource)
  const progress = progressWriter(terminal)
  return services.pythonEnvironments.install(installOptions, progress, signal)
}

/** Null where none was named: then an environment that is there stays as it is. */
async function tensorrtChoice(
  options: Options,
  { machine }: CommandContext['services'],
): Promise<TensorrtChoice | null> {
  const version = choiceOption(options, 'tensorrtVersion', tensorrtVersions) ?? undefined
  const cuda = choiceOption(options, 'cuda', cudaMajors) ?? undefined
  if (version === undefined && cuda === undefined) return null
  return chooseTensorrt(
    { version, cuda },
    (await machine()).gpus.flatMap(({ driver }) => driver ?? []),
  )
}

/** Says what torch would come from where; no answer is no reason to stop here. */
async function showOffer({ services, terminal }: Pick<CommandContext, 'services' | 'terminal'>, source: string | null) {
  try {
    const offer = await services.pythonEnvironments.offer(source)
    const size = offer.sizeBytes === null ? 'size unknown' : bytesText(offer.sizeBytes)
    terminal.note(`torch ${offer.version}: ${offer.file ?? 'file unknown'}, ${size}, from ${offer.source}`)
  } catch (error) {
    if (!(error instanceof BenchError) || error.record.code === 'bad-usage') throw error
  }
}

/** A line when a step begins or ends; the installer's own lines under it on a terminal. */
export function progressWriter(terminal: Terminal): (progress: PythonProgress) => void {
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
