// This machine, as it enters every record.

import type { AppDescription } from '../../../shared/ipc/contract.ts'
import { gpuSettings, hostSettings, settingsLine } from '../../../shared/report/machine-settings.ts'
import { FactList } from '../../components/fact-list.tsx'
import { gibibytes } from '../../format/number.ts'
import { useMachine } from '../../state/app-description.ts'

export function MachineFacts({ app }: { readonly app: AppDescription | null }) {
  const machine = useMachine()
  const facts: (readonly [string, string])[] = []
  if (machine.data) {
    const { gpus, cpuModel, physicalCores, logicalCores, memoryBytes, os, kernel, cpuGovernor } = machine.data
    facts.push(['GPU', gpus.length > 0 ? gpus.map(({ name }) => name).join(', ') : 'none found'])
    for (const gpu of gpus) {
      const { driver, memoryBytes: gpuBytes } = gpu
      if (gpuBytes !== null) facts.push(['GPU memory', gibibytes(gpuBytes)])
      if (driver) facts.push(['Driver', driver])
      const set = settingsLine(gpuSettings(gpu))
      if (set !== null) facts.push(['GPU state', set])
    }
    facts.push(['CPU', cpuModel])
    facts.push(['Cores', `${physicalCores} cores, ${logicalCores} threads`])
    facts.push(['Clock governor', cpuGovernor ?? 'not readable'])
    const set = settingsLine(hostSettings(machine.data))
    if (set !== null) facts.push(['Machine state', set])
    facts.push(['Memory', gibibytes(memoryBytes)])
    facts.push(['System', `${os}, ${kernel}`])
    if (machine.data.virtualMachine !== null) {
      facts.push(['Virtual machine', machine.data.virtualMachine ? 'yes: expect more noise' : 'no'])
    }
    if (machine.data.onBattery) facts.push(['Power', 'on battery: plug in before measuring'])
  }
  if (app) facts.push(['Enginebench', `${app.version}, Electron ${app.electron}`], ['Data folder', app.dataFolder])
  return (
    <section aria-label="This machine">
      <h2>This machine</h2>
      <FactList facts={facts} />
    </section>
  )
}
