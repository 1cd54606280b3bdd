// Everything that a run measured beside its rounds, in the order in which a reader asks. Empty for a run without passes.
import type { RunRecord } from '../../domain/run.ts'
import { coldStartSection } from './cold-start-section.ts'
import { energySection } from './energy-section.ts'
import { layerSection } from './layer-section.ts'
import { limitsSection } from './limits-section.ts'
import { memorySection } from './memory-section.ts'
import { offlineSection } from './offline-section.ts'
import type { PassSection } from './pass-section.ts'
import { serverSection } from './server-section.ts'
import { timeSplitSection } from './time-split-section.ts'

const sections = [
  limitsSection,
  timeSplitSection,
  layerSection,
  memorySection,
  energySection,
  coldStartSection,
  offlineSection,
  serverSection,
]

export function passSections(record: RunRecord): readonly PassSection[] {
  return sections.flatMap((section) => section(record) ?? [])
}
