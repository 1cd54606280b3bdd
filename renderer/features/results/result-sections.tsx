// Under the rows, one of several views at a time: the rounds' samples first, then each pass beside them.
import type { PassName } from '../../state/pass-draft.ts'
import { ColdStartSection } from './passes/cold-start-section.tsx'
import { LayersSection } from './passes/layers-section.tsx'
import { LimitsSection } from './passes/limits-section.tsx'
import type { PassSectionProps } from './passes/pass-panel.tsx'
import { ServingSection } from './passes/serving-section.tsx'
import { TimeSection } from './passes/time-section.tsx'

const sectionNames = ['samples', 'time', 'cold-start', 'layers', 'limits', 'serving'] as const
export type SectionName = (typeof sectionNames)[number]

const titles: Readonly<Record<SectionName, string>> = {
  samples: 'Samples',
  time: 'Time',
  'cold-start': 'Cold start',
  layers: 'Layers',
  limits: 'Limits',
  serving: 'Serving',
}

const passesOf: Readonly<Record<SectionName, readonly Exclude<PassName, 'energy'>[]>> = {
  samples: [],
  time: ['timeSplit'],
  'cold-start': ['coldStart'],
  layers: ['layers'],
  limits: ['limits'],
  serving: ['offline', 'server'],
}

interface ResultSectionsProps extends PassSectionProps {
  readonly section: SectionName
  readonly onSection: (section: SectionName) => void
  /** The view of the rounds' samples. */
  readonly children: React.ReactNode
}

export function ResultSections({ section, onSection, children, ...props }: ResultSectionsProps) {
  return (
    <div className="divided result-sections">
      <div className="section-tabs" role="tablist" aria-label="What is shown of the run">
        {sectionNames.map((name) => {
          const absent = name !== 'samples' && !passesOf[name].some((pass) => wasAsked(props, pass))
          return (
            <button
              key={name}
              type="button"
              role="tab"
              aria-selected={name === section}
              className={absent ? 'absent' : undefined}
              title={absent ? 'not measured in this run' : undefined}
              onClick={() => onSection(name)}
            >
              {titles[name]}
            </button>
          )
        })}
      </div>
      <div role="tabpanel" aria-label={titles[section]}>
        {section === 'samples' && children}
        {section === 'time' && <TimeSection {...props} />}
        {section === 'cold-start' && <ColdStartSection {...props} />}
        {section === 'layers' && <LayersSection {...props} />}
        {section === 'limits' && <LimitsSection {...props} />}
        {section === 'serving' && <ServingSection {...props} />}
      </div>
    </div>
  )
}

export function nextSection(section: SectionName, by: 1 | -1): SectionName {
  const { length } = sectionNames
  return sectionNames[(sectionNames.indexOf(section) + by + length) % length] ?? section
}

function wasAsked({ cases }: PassSectionProps, pass: Exclude<PassName, 'energy'>): boolean {
  const field = pass === 'layers' ? 'layerTimes' : pass
  return cases.some((each) => each[field] !== undefined)
}
