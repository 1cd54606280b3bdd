// This machine, as it enters every record.

import type { AppDescription } from '../../../shared/ipc/contract.ts'
import { FactList } from '../../components/fact-list.tsx'
import { gibibytes } from '../../format/number.ts'
import { useMachine } from '../../state/app-description.ts'

export function MachineFacts({ app }: { readonly app: AppDescription | null }) {
  const machine = useMachine()
  const facts: (readonly [string, string])[] = []
  if (machine.data) {
    const { gpus, cpuModel, physicalCores, logicalCores, memoryBytes, os, kernel, cpuGovernor } = machine.data
    facts.push(['GPU', gpus.length > 0 ? gpus.map(({ name }) => name).join(', ') : 'none found'])
    for (const { driver, memoryBytes: gpuBytes } of gpus) {
      if (gpuBytes !== null) facts.push(['GPU memory', gibibytes(gpuBytes)])
      if (driver) facts.push(['Driver', driver])
    }
    facts.push(['CPU', cpuModel])
    facts.push(['Cores', `${physicalCores} cores, ${logicalCores} threads`])
    facts.push(['Clock governor', cpuGovernor ?? 'not readable'])
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
