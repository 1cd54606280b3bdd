// What is inside the chosen artifact: its inputs and outputs, its profiles and its layers, or its layers next to those
// of another artifact of the model.
import { Drawer } from '@mantine/core'
import { useState } from 'react'
import type { Artifact } from '../../../shared/domain/artifact.ts'
import type { InspectedFile } from '../../../shared/domain/inspection.ts'
import { reformatCost } from '../../../shared/report/engine-layers.ts'
import { numberText } from '../../../shared/report/figure-text.ts'
import { RemedyStrip } from '../../components/remedy-strip.tsx'
import { ChartTable } from '../../components/tables.tsx'
import { artifactName, shortHash } from '../../format/artifact.ts'
import { errorRecord } from '../../format/error.ts'
import { showLayers, useInspection, useOpenLayers } from '../../state/artifacts.ts'
import { AlignedTable, LayerTable } from './layer-table.tsx'

export function LayersDrawer({ artifacts }: { readonly artifacts: readonly Artifact[] }) {
  const { layers } = useOpenLayers()
  if (!layers) return null
  return (
    <Drawer
      opened
      onClose={() => showLayers(null)}
      position="right"
      size="min(1180px, 94vw)"
      title={`Layers: ${layers.title}`}
    >
      <Layers key={layers.artifactKey} artifactKey={layers.artifactKey} artifacts={artifacts} />
    </Drawer>
  )
}

interface LayersProps {
  readonly artifactKey: string
  readonly artifacts: readonly Artifact[]
}

function Layers({ artifactKey, artifacts }: LayersProps) {
  const [otherKey, setOtherKey] = useState<string | null>(null)
  const [filter, setFilter] = useState('')
  const own = useInspection(artifactKey)
  const other = useInspection(otherKey)
  const others = artifacts.filter((artifact) => keyOf(artifact) !== artifactKey)
  if (own.error) return <RemedyStrip error={errorRecord(own.error)} />
  if (!own.data) return <Busy />
  return (
    <div className="layers">
      <Facts file={own.data} />
      <div className="layers-controls small">
        <label>
          Filter{' '}
          <input
            type="search"
            className="field"
            placeholder="name, kind, type or node"
            value={filter}
            onChange={({ currentTarget }) => setFilter(currentTarget.value)}
          />
        </label>
        {others.length > 0 && (
          <label>
            Compare with{' '}
            <select
              className="field"
              value={otherKey ?? ''}
              onChange={({ currentTarget }) => setOtherKey(currentTarget.value || null)}
            >
              <option value="">nothing</option>
              {others.map((artifact) => (
                <option key={keyOf(artifact)} value={keyOf(artifact)}>
                  {artifactName(artifact)} {shortHash(artifact.sha256)}
                </option>
              ))}
            </select>
          </label>
        )}
      </div>
      {otherKey === null ? (
        <LayerTable file={own.data} filter={filter} />
      ) : other.error ? (
        <RemedyStrip error={errorRecord(other.error)} />
      ) : other.data ? (
        <>
          <p className="small">
            <b>Other</b>, {other.data.name}: {layersTitle(other.data)}
          </p>
          <Notes file={other.data} />
          <AlignedTable first={own.data} second={other.data} filter={filter} />
        </>
      ) : (
        <Busy />
      )}
    </div>
  )
}

function keyOf({ key, sha256 }: Artifact): string {
  return key ?? sha256
}

function Busy() {
  return (
    <p className="quiet small" role="status">
      Reading the layers. An engine takes a few seconds to open.
    </p>
  )
}

function Facts({ file }: { readonly file: InspectedFile }) {
  const { inspection } = file
  return (
    <>
      <h2>
        {layersTitle(file)}{' '}
        <small>
          read by{' '}
          {Object.entries(inspection.tools)
            .map(([tool, version]) => `${tool} ${version}`)
            .join(', ')}
          {inspection.shapes === null ? '' : `, at ${inspection.shapes}`}
        </small>
      </h2>
      <Notes file={file} />
      <ChartTable
        caption="Inputs and outputs"
        columns={['Tensor', 'Mode', 'Type', 'Shape', 'Format', 'Location'].map((title) => ({ title }))}
        rows={inspection.tensors.map(({ name, mode, type, shape, format, location }) => ({
          key: `${mode} ${name}`,
          cells: [name, mode, type ?? 'not told', sizes(shape), format ?? '–', location ?? '–'],
        }))}
      />
      {inspection.profiles.map(({ index, input, min, opt, max }) => (
        <p key={`${index} ${input}`} className="small quiet">
          Profile {index}, {input}: min {sizes(min)}, opt {sizes(opt)}, max {sizes(max)}
        </p>
      ))}
    </>
  )
}

function Notes({ file: { instead, times } }: { readonly file: InspectedFile }) {
  return (
    <>
      {instead !== null && <p className="small warn">{instead}</p>}
      <p className="small quiet">
        {times === null
          ? 'No run has timed these layers: benchmark the artifact with the extra measurement "layers".'
          : `Times of run ${times.runId}: ${times.method}. A profiler slows what it watches: look at shares.`}
      </p>
    </>
  )
}

function layersTitle(file: InspectedFile): string {
  const { layers, of } = file.inspection
  const cost = reformatCost(file)
  const noun = of === 'engine' ? 'layer' : 'node'
  const count = `${layers.length} ${noun}${layers.length === 1 ? '' : 's'}`
  if (cost === null) return count
  const copies = `${cost.count} reformat${cost.count === 1 ? '' : 's'}`
  return `${count}, of which ${copies}${cost.ms === null ? '' : ` of ${numberText(cost.ms)} ms`}`
}

function sizes(shape: readonly number[]): string {
  return shape.map((size) => (size < 0 ? '?' : String(size))).join(' × ') || 'scalar'
}
