import { BenchError } from '../../shared/domain/bench-error.ts'
import type { PythonProgress } from '../../shared/ipc/contract.ts'
import { defaultTorchVersion } from '../python-environment/torch-version.ts'
import { type CliCommand, type CommandContext, jsonOption } from './command.ts'
import { exitCodes } from './exit-code.ts'
import { bytesText, durationText } from './figure-text.ts'
import { choiceOption, listOption, switchOption, textOption } from './option-value.ts'
import type { Terminal } from './terminal.ts'
import { usageError } from './usage-error.ts'

const environmentNames = ['main', 'yolo'] as const

/** Makes the private Python environment, or takes an existing interpreter into use. */
export const setupCommand: CliCommand = {
  usage: 'setup <what>',
  description: 'Set up Python: setup python',
  options: [
    {
      flags: '--environment <name>',
      description: 'main (torch, onnxruntime) or yolo (Ultralytics, AGPL-3.0); default main',
    },
    { flags: '--torch-source <url-or-dir>', description: 'Package index or folder of wheels that torch comes from' },
    { flags: '--torch-version <version>', description: `2.10 or newer; default ${defaultTorchVersion}` },
    { flags: '--python <interpreter>', description: 'Python 3.10 or newer that makes the environment' },
    { flags: '--use <interpreter>', description: 'Take an existing environment into use instead of making one' },
    { flags: '--accept-licence <spdx>', description: 'Licence that you have read and accept, as AGPL-3.0' },
    { flags: '--repair', description: 'Make it anew even if it is there' },
    jsonOption,
  ],
  examples: ['enginebench setup python', 'enginebench setup python --use ./venv/bin/python'],
  async run(context) {
    const { services, terminal, options, words } = context
    if (words[0] !== 'python') throw usageError(`There is no set-up of ${words[0]}.`, 'Write: enginebench setup python')
    const name = choiceOption(options, 'environment', environmentNames) ?? 'main'
    const adopted = textOption(options, 'use')
    const environment =
      adopted === null ? await install(context, name) : await services.pythonEnvironments.adopt(name, adopted)
    if (switchOption(options, 'json')) terminal.result(JSON.stringify(environment, null, 2))
    else terminal.result(`Python environment ${name}: ${environment.state} (${environment.interpreter})`)
    return environment.state === 'ready' ? exitCodes.done : exitCodes.failed
  },
}

async function install({ services, terminal, options, signal }: CommandContext, environment: 'main' | 'yolo') {
  const torchSource = textOption(options, 'torchSource')
  const torchVersion = textOption(options, 'torchVersion') ?? defaultTorchVersion
  const installOptions = {
    environment,
    basePython: textOption(options, 'python'),
    torchSource,
    torchVersion,
    acceptedLicences: listOption(options, 'acceptLicence') ?? [],
    repair: switchOption(options, 'repair'),
  }
  if (torchVersion === defaultTorchVersion) await showOffer({ services, terminal }, torchSource)
  const progress = progressWriter(terminal)
  return services.pythonEnvironments.install(installOptions, progress, signal)
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
