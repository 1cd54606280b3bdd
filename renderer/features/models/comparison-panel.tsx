// Compares the chosen model's artifacts: size, build time and memory, each column with its own zero; or all figures in
// the precision table.
import type { Artifact } from '../../../shared/domain/artifact.ts'
import { type BackendId, mainReaderOf } from '../../../shared/domain/backend.ts'
import { precisionLabel, precisionSchema } from '../../../shared/domain/precision.ts'
import { mebibytesText } from '../../../shared/report/figure-text.ts'
import { ArtifactBars } from '../../charts/artifact-charts.tsx'
import { useChartWidth } from '../../charts/chart-frame.tsx'
import { Mark } from '../../components/backend-mark.tsx'
import { Segments } from '../../components/form-fields.tsx'
import { Verdict } from '../../components/glyph.tsx'
import { ChartTable } from '../../components/tables.tsx'
import { libraryName, shortHash } from '../../format/artifact.ts'
import { bytes, duration } from '../../format/quantity.ts'
import { proofFigure, proofWords } from './proof.tsx'

interface ComparisonPanelProps {
  readonly modelName: string
  readonly artifacts: readonly Artifact[]
  readonly chosenKey: string | null
  readonly table: boolean
  readonly onTable: (table: boolean) => void
}

export function ComparisonPanel({ modelName, artifacts, chosenKey, table, onTable }: ComparisonPanelProps) {
  const compared = comparedArtifacts(artifacts)
  if (compared.length < 2) return null
  return (
    <section className="comparison" aria-label={`${modelName}: artifacts compared`}>
      <div className="panel-head">
        <h2>
          {sizeFinding(compared)}{' '}
          <small>
            {modelName}, {compared.length} artifacts
          </small>
        </h2>
        <span className="grow" />
        <Segments
          label="Shown as"
          value={table ? 'table' : 'charts'}
          segments={[
            { value: 'charts', label: 'Charts' },
            { value: 'table', label: 'Table' },
          ]}
          onChange={(value) => onTable(value === 'table')}
        />
      </div>
      {table ? <PrecisionTable compared={compared} /> : <ComparisonCharts compared={compared} chosenKey={chosenKey} />}
    </section>
  )
}

const rowHeight = 24

interface ComparedProps {
  readonly compared: readonly ComparedArtifact[]
}

function ComparisonCharts({ compared, chosenKey }: ComparedProps & { readonly chosenKey: string | null }) {
  const { ref, width } = useChartWidth(300)
  const column = Math.floor((width - 24) / 2)
  const bars = (value: (artifact: Artifact) => number | null, text: (artifact: Artifact) => string) =>
    compared.map(({ key, backend, artifact }) => ({
      key,
      backend,
      precision: artifact.precision,
      value: value(artifact),
      text: text(artifact),
    }))
  return (
    <div className="comparison-charts">
      <ul className="comparison-names small">
        {compared.map(({ key, name, note, backend, artifact }) => (
          <li key={key} style={{ height: rowHeight }} data-chosen={key === chosenKey || undefined}>
            <Mark backend={backend} precision={artifact.precision} radius={3.8} />
            <span>
              <b>{name}</b> <span className="faint">{note}</span>
            </span>
          </li>
        ))}
      </ul>
      <div ref={ref} className="comparison-columns">
        <figure>
          <figcaption className="micro">
            <b>Size</b> MB
          </figcaption>
          <ArtifactBars
            bars={bars(
              ({ sizeBytes }) => sizeBytes / 1e6,
              ({ sizeBytes }) => bytes(sizeBytes),
            )}
            width={column}
            rowHeight={rowHeight}
            label="Size, MB"
          />
        </figure>
        <figure>
          <figcaption className="micro">
            <b>{timeFinding(compared)}</b> build time, s
          </figcaption>
          <ArtifactBars
            bars={bars(
              ({ buildTimeMs }) => (buildTimeMs > 0 ? buildTimeMs / 1000 : null),
              ({ buildTimeMs }) => (buildTimeMs > 0 ? duration(buildTimeMs) : 'not built here'),
            )}
            width={column}
            rowHeight={rowHeight}
            label="Build time, s"
          />
        </figure>
      </div>
    </div>
  )
}

function PrecisionTable({ compared }: ComparedProps) {
  return (
    <ChartTable
      caption="Precision table"
      columns={[
        { title: 'Precision' },
        { title: 'Made by' },
        { title: 'Size', number: true },
        { title: 'Build time', number: true },
        { title: 'Batch size' },
        { title: 'Activation memory, MiB', number: true },
        { title: 'Weights memory, MiB', number: true },
        { title: 'Proof' },
        { title: 'Parity' },
        { title: 'sha256' },
      ]}
      rows={compared.map(({ key, name, note, artifact }) => {
        const { batch, activationBytes, weightBytes, parity, precision } = artifact
        const figure = proofFigure(artifact)
        return {
          key,
          cells: [
            name,
            note,
            bytes(artifact.sizeBytes),
            artifact.buildTimeMs > 0 ? duration(artifact.buildTimeMs) : '–',
            batch ? `${batch.min}, ${batch.opt}, ${batch.max}` : '–',
            activationBytes == null ? '–' : mebibytesText(activationBytes),
            weightBytes == null ? '–' : mebibytesText(weightBytes),
            artifact.precisionProof?.holds === false
              ? `not proved: ${artifact.precisionProof.label}`
              : figure
                ? proofWords(figure, precision)
                : '–',
            <span key="parity" title={parity.reason}>
              <Verdict verdict={parity.verdict} />
            </span>,
            <span key="hash" className="mono">
              {shortHash(artifact.sha256)}
            </span>,
          ],
        }
      })}
    />
  )
}

/** A model's artifacts side by side: the data of the comparison charts and the precision table. */
interface ComparedArtifact {
  readonly key: string
  readonly artifact: Artifact
  readonly backend: BackendId
  readonly name: string
  readonly note: string
}

/** Leaves out intermediate steps: an export that was then simplified is not compared. */
function comparedArtifacts(artifacts: readonly Artifact[]): ComparedArtifact[] {
  const order = (artifact: Artifact) =>
    (artifact.kind === 'onnx' ? 0 : 100 + artifact.kind.length) + precisionSchema.options.indexOf(artifact.precision)
  const simplified = new Set(artifacts.filter(({ step }) => step === 'simplify').flatMap(({ parents }) => parents))
  return artifacts
    .filter(({ sha256, step }) => step !== 'export' || !simplified.has(sha256))
    .sort((a, b) => order(a) - order(b) || a.sha256.localeCompare(b.sha256))
    .map((artifact) => ({
      key: artifact.key ?? artifact.sha256,
      artifact,
      backend: mainReaderOf(artifact.kind),
      name: precisionLabel(artifact.precision),
      note: libraryName(artifact),
    }))
}

/** What the chart shows: `INT8 is 3.0 times smaller than FP32`. */
function sizeFinding(compared: readonly ComparedArtifact[]): string {
  const engines = compared.filter(({ artifact }) => artifact.kind !== 'onnx')
  const among = engines.length > 1 ? engines : compared
  const full = among.find(({ artifact }) => artifact.precision === 'fp32')
  const smallest = [...among].sort((a, b) => a.artifact.sizeBytes - b.artifact.sizeBytes)[0]
  if (!full || !smallest || smallest === full) return 'Size'
  const ratio = full.artifact.sizeBytes / smallest.artifact.sizeBytes
  return `${smallest.name} is ${ratio.toFixed(1)} times smaller than FP32`
}

function timeFinding(compared: readonly ComparedArtifact[]): string {
  const slowest = [...compared].sort((a, b) => b.artifact.buildTimeMs - a.artifact.buildTimeMs)[0]
  if (!slowest || slowest.artifact.buildTimeMs === 0) return 'Build time'
  return `${slowest.name} took longest, ${duration(slowest.artifact.buildTimeMs)}`
}
