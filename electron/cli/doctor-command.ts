import { backendLabels } from '../../shared/domain/backend.ts'
import { someCardsOnly } from '../../shared/domain/backend-cards.ts'
import { defineCommand, jsonOption } from './command.ts'
import { exitCodes } from './exit-code.ts'
import { bytesText } from './figure-text.ts'
import { textTable } from './table.ts'

/** Lists what this machine can run and, for the rest, the reason and the remedy. */
export const doctorCommand = defineCommand({
  usage: 'doctor',
  description: 'Show what can run on this machine, and what helps where something cannot',
  options: { json: jsonOption },
  examples: ['enginebench doctor', 'enginebench doctor --json'],
  async run({ services, terminal, values }) {
    const [machine, python, backends] = await Promise.all([
      services.machine(),
      services.pythonEnvironments.describe(),
      services.backends.list({ refresh: true }),
    ])
    if (values.json) {
      terminal.result(JSON.stringify({ backends, machine, python }, null, 2))
      return exitCodes.done
    }
    const gpus = machine.gpus.map(({ name }) => name).join(', ') || 'no NVIDIA GPU'
    terminal.result(`Enginebench ${services.version}`)
    terminal.result(
      `${machine.os} · ${machine.cpuModel} · ${machine.physicalCores} cores · ${bytesText(machine.memoryBytes)} · ${gpus}`,
    )
    for (const { name, state, pythonVersion, interpreter, error } of python) {
      const detail = error?.message ?? (interpreter ? `Python ${pythonVersion}, ${interpreter}` : 'not set up')
      terminal.result(`Python environment ${name}: ${state} (${detail})`)
    }
    const rows = backends.map((backend) => [
      backendLabels[backend.id],
      backend.available ? `ready${backend.version ? `, ${backend.version}` : ''}` : (backend.reason ?? 'cannot run'),
      backend.available
        ? [backend.precisions.join(' '), someCardsOnly(backend)].filter(Boolean).join('. ')
        : (backend.remedy ?? ''),
    ])
    terminal.result('')
    terminal.result(
      textTable([{ title: 'Backend' }, { title: 'State' }, { title: 'Precisions, or what helps' }], rows, terminal),
    )
    return exitCodes.done
  },
})
