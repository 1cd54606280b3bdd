// A run with comparable cases: the headline, one row per candidate, throughput, raw samples, the method.
import { useCallback, useMemo, useState } from 'react'
import type { RunRecord } from '../../../shared/domain/run.ts'
import { type PassId, passOf } from '../../../shared/passes/index.ts'
import { orderedCases } from '../../../shared/report/case-words.ts'
import { narrowed } from '../../../shared/report/charts/narrowing.ts'
import { countText } from '../../../shared/report/figure-text.ts'
import { Button } from '../../components/button.tsx'
import { Segments } from '../../components/form-fields.tsx'
import { Badge } from '../../components/glyph.tsx'
import { TopBar } from '../../components/page-frame.tsx'
import { RemedyStrip } from '../../components/remedy-strip.tsx'
import { duration, moment } from '../../format/quantity.ts'
import { goTo } from '../../state/place.ts'
import { mostCasesLoaded, useSamples } from '../../state/runs.ts'
import { useScreenKeys } from '../../state/screen-keys.ts'
import { CandidateRows } from './candidate-rows.tsx'
import { CandidateDetail, CandidateTable, MemoryEnergyTable } from './candidate-table.tsx'
import { LaunchesSection } from './launches-section.tsx'
import { MeasureLonger } from './measure-longer.tsx'
import { MethodPanel } from './method-panel.tsx'
import { ColdStartSection } from './passes/cold-start-section.tsx'
import { LayersSection } from './passes/layers-section.tsx'
import { LimitsSection } from './passes/limits-section.tsx'
import type { PassSectionProps } from './passes/pass-panel.tsx'
import { ServingSection } from './passes/serving-section.tsx'
import { TimeSection } from './passes/time-section.tsx'
import { RawPanel } from './raw-panel.tsx'
import { ResultsHead } from './results-head.tsx'
import { ThroughputPanel } from './throughput-panel.tsx'

export function MeasuredResults({ record }: { readonly record: RunRecord }) {
  const [groupIndex, setGroupIndex] = useState(0)
  const [selectedKey, setSelectedKey] = useState<string | null>(null)
  const [asTable, setAsTable] = useState(false)
  const [zoomed, setZoomed] = useState(false)
  const [section, setSection] = useState<SectionName>('samples')
  const group = record.groups[groupIndex] ?? record.groups[0]
  const cases = useMemo(() => (group ? orderedCases(group) : []), [group])
  const drawn = useMemo(() => cases.slice(0, mostCasesLoaded), [cases])
  const samples = useSamples(
    record.runId,
    group?.groupKey ?? '',
    drawn.map(({ caseKey }) => caseKey),
  )
  const selected = cases.find(({ caseKey }) => caseKey === selectedKey) ?? cases[0]
  const step = (by: number) => {
    const next = cases[cases.findIndex(({ caseKey }) => caseKey === selected?.caseKey) + by]
    if (next) setSelectedKey(next.caseKey)
  }
  const zoom = useCallback(() => setZoomed((on) => !on), [])
  const report = () => goTo('report', record.runId)
  useScreenKeys([
    { keys: ['↑', '↓'], label: 'candidate', bindings: { arrowup: () => step(-1), arrowdown: () => step(1) } },
    {
      keys: ['B'],
      label: 'batch',
      bindings: { b: () => setGroupIndex((index) => (index + 1) % record.groups.length) },
    },
    {
      keys: ['←', '→'],
      label: 'view',
      bindings: {
        arrowleft: () => setSection((now) => nextSection(now, -1)),
        arrowright: () => setSection((now) => nextSection(now, 1)),
      },
    },
    { keys: ['T'], label: 'table', bindings: { t: () => setAsTable((shown) => !shown) } },
    { keys: ['Z'], label: 'zoom latency to row', bindings: { z: zoom } },
    { keys: ['E'], label: 'export report', bindings: { e: report } },
  ])
  if (!group || !selected) return null
  const took = record.endedAt ? Date.parse(record.endedAt) - Date.parse(record.createdAt) : null
  return (
    <>
      <TopBar crumbs={['Results', record.modelName, moment(record.createdAt)]}>
        {record.state !== 'completed' && (
          <>
            <Badge tone={record.state === 'cancelled' ? 'plain' : 'fail'}>{record.state}</Badge>
            <Badge tone="warn">partial</Badge>
          </>
        )}
        <span>
          {record.plan.preset}
          {took === null ? '' : ` · ${duration(took)}`}
        </span>
      </TopBar>
      <main className="page" aria-label="Results">
        <ResultsHead
          record={record}
          group={group}
          actions={
            <div className="results-actions">
              <div>
                <Button onClick={() => setAsTable((shown) => !shown)} shortcut="T">
                  {asTable ? 'Charts' : 'Table'}
                </Button>
                <Button kind="primary" onClick={report} shortcut="E">
                  Export report
                </Button>
              </div>
              <div className="small quiet">
                Batch{' '}
                <Segments
                  label="Batch"
                  value={group.groupKey}
                  segments={record.groups.map(({ groupKey, batchSize }) => ({
                    value: groupKey,
                    label: String(batchSize),
                  }))}
                  onChange={(key) => setGroupIndex(record.groups.findIndex(({ groupKey }) => groupKey === key))}
                />
              </div>
            </div>
          }
        />
        {record.error && <RemedyStrip error={record.error} />}
        <MeasureLonger record={record} />
        {asTable ? (
          <>
            <CandidateTable group={group} cases={cases} />
            <MemoryEnergyTable group={group} cases={cases} />
          </>
        ) : (
          <CandidateRows
            group={group}
            cases={drawn}
            simulated={record.simulated}
            blocks={samples.map(({ data }) => data?.blocks ?? null)}
            selectedKey={selected.caseKey}
            onSelect={setSelectedKey}
            zoomed={zoomed}
            onZoom={zoom}
          />
        )}
        {!asTable && cases.length > drawn.length && (
          <p className="small quiet">{countText(cases.length - drawn.length)} more candidates are in the table.</p>
        )}
        <CandidateDetail record={selected} group={group} />
        <ResultSections
          record={record}
          group={group}
          cases={cases}
          selected={selected}
          asTable={asTable}
          section={section}
          onSection={setSection}
        >
          <div className="results-panels">
            <ThroughputPanel record={record} asTable={asTable} />
            <RawPanel
              runId={record.runId}
              groupKey={group.groupKey}
              record={selected}
              simulated={record.simulated}
              asTable={asTable}
            />
            <MethodPanel record={record} group={group} />
          </div>
        </ResultSections>
      </main>
    </>
  )
}

/** Under the rows, one view at a time: the rounds' samples first, then the launches, then each extra measurement. */
interface ResultTab {
  readonly title: string
  readonly Section: (props: PassSectionProps) => React.ReactNode
  readonly isMeasured: (props: PassSectionProps) => boolean
}

/** Energy is in the table above. */
const tabs = {
  launches: { title: 'Launches', isMeasured: ({ cases }) => narrowed(cases).length > 0, Section: LaunchesSection },
  time: { title: 'Time', isMeasured: wasAsked('timeSplit'), Section: TimeSection },
  'cold-start': { title: 'Cold start', isMeasured: wasAsked('coldStart'), Section: ColdStartSection },
  layers: { title: 'Layers', isMeasured: wasAsked('layers'), Section: LayersSection },
  limits: { title: 'Limits', isMeasured: wasAsked('limits'), Section: LimitsSection },
  serving: { title: 'Serving', isMeasured: wasAsked('offline', 'server'), Section: ServingSection },
} satisfies Readonly<Record<string, ResultTab>>

type SectionName = 'samples' | keyof typeof tabs

const sectionNames: readonly SectionName[] = ['samples', ...(Object.keys(tabs) as (keyof typeof tabs)[])]

function tabOf(name: SectionName): ResultTab | null {
  return name === 'samples' ? null : tabs[name]
}

interface ResultSectionsProps extends PassSectionProps {
  readonly section: SectionName
  readonly onSection: (section: SectionName) => void
  /** The view of the rounds' samples. */
  readonly children: React.ReactNode
}

function ResultSections({ section, onSection, children, ...props }: ResultSectionsProps) {
  const chosen = tabOf(section)
  return (
    <div className="divided result-sections">
      <div className="section-tabs" role="tablist" aria-label="Results view">
        {sectionNames.map((name) => {
          const tab = tabOf(name)
          const absent = tab !== null && !tab.isMeasured(props)
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
              {tab?.title ?? 'Samples'}
            </button>
          )
        })}
      </div>
      <div role="tabpanel" aria-label={chosen?.title ?? 'Samples'}>
        {chosen === null ? children : <chosen.Section {...props} />}
      </div>
    </div>
  )
}

function nextSection(section: SectionName, by: 1 | -1): SectionName {
  const { length } = sectionNames
  return sectionNames[(sectionNames.indexOf(section) + by + length) % length] ?? section
}

function wasAsked(...passes: readonly PassId[]) {
  return ({ cases }: PassSectionProps) =>
    cases.some((each) => passes.some((pass) => each[passOf(pass).field] !== undefined))
}
