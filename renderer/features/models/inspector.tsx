// The chosen artifact: how much of it is in its claimed precision, its agreement with FP32, and everything recorded
// about it.
import { useState } from 'react'
import {
  type Artifact,
  exporterWords,
  isOfTestBuilder,
  type LayerSensitivity,
  readersOf,
} from '../../../shared/domain/artifact.ts'
import { type BackendId, mainReaderOf } from '../../../shared/domain/backend.ts'
import type { ModelManifest } from '../../../shared/domain/model.ts'
import { pluginWords } from '../../../shared/domain/plugin.ts'
import { precisionLabel } from '../../../shared/domain/precision.ts'
import type { OptimizationRange } from '../../../shared/domain/recipe.ts'
import { ShareBars } from '../../charts/artifact-charts.tsx'
import { useChartWidth } from '../../charts/chart-frame.tsx'
import { Mark } from '../../components/backend-mark.tsx'
import { Button } from '../../components/button.tsx'
import { ChartTable, FactList } from '../../components/tables.tsx'
import { artifactName, libraryName, shortHash } from '../../format/artifact.ts'
import { bytes, duration, moment, percent } from '../../format/quantity.ts'
import { ParityPanel } from './parity-panel.tsx'
import { proofFigure, sharesByType, shareText } from './proof.tsx'
import { copyText } from './row-actions.ts'
import { SensitivityPanel } from './sensitivity-panel.tsx'

interface InspectorProps {
  readonly modelName: string
  readonly artifact: Artifact
  readonly all: readonly Artifact[]
  readonly manifest: ModelManifest | null
  readonly sensitivity: readonly LayerSensitivity[]
  readonly available: readonly BackendId[]
  readonly table: boolean
  readonly onBenchmark: () => void
  readonly onCopyRecipe: () => Promise<boolean>
  readonly onSaveRecipe: () => void
  readonly onLayers: () => void
  readonly onLog: () => void
  readonly onRemove: () => void
  readonly onKeepLayers: (names: readonly string[]) => void
}

export function Inspector(props: InspectorProps) {
  const { modelName, artifact, manifest } = props
  const figure = proofFigure(artifact)
  const obstacle = benchmarkObstacle(artifact, manifest, props.available)
  const disproved = artifact.precisionProof?.holds === false
  const calibration = calibrationFacts(artifact)
  const options = optionFacts(artifact)
  return (
    <>
      <p className="small quiet named-artifact">
        <Mark backend={mainReaderOf(artifact.kind)} precision={artifact.precision} />
        {modelName}, {artifactName(artifact)}
      </p>
      <div className="hero inspector-hero">
        {figure && !disproved ? shareText(figure.share) : '–'}
        <small className={disproved ? 'fail' : undefined}>
          {' '}
          {disproved ? 'not proved' : figure ? `% in ${precisionLabel(artifact.precision)}` : 'not proved yet'}
        </small>
      </div>
      <p className="small quiet">{proofSentence(artifact)}</p>
      {figure && <SharePanel artifact={artifact} table={props.table} />}
      <ParityPanel artifact={artifact} manifest={manifest} />
      <section className="inspector-section" aria-label="Facts">
        <FactList facts={artifactFacts(artifact, props.all)} />
        <HashLine sha256={artifact.sha256} />
      </section>
      <div className="inspector-actions">
        <Button
          kind="primary"
          onClick={props.onBenchmark}
          shortcut="B"
          disabled={obstacle !== null}
          title={obstacle ?? undefined}
        >
          Benchmark
        </Button>
        <CopyButton onCopy={props.onCopyRecipe} />
        <Button onClick={props.onSaveRecipe}>Save recipe</Button>
        <Button onClick={props.onLayers}>Layers</Button>
        <Button kind="plain" onClick={props.onLog} shortcut="L">
          Log
        </Button>
        <RemoveButton key={artifact.sha256} onRemove={props.onRemove} />
      </div>
      {obstacle && <p className="micro faint">{obstacle}</p>}
      <KeptOperators artifact={artifact} />
      {props.sensitivity.length > 0 && <SensitivityPanel layers={props.sensitivity} onKeep={props.onKeepLayers} />}
      {calibration.length > 0 && (
        <section className="inspector-section" aria-label="Calibration">
          <h2>Calibration</h2>
          <FactList facts={calibration} />
        </section>
      )}
      {options.length > 0 && (
        <section className="inspector-section" aria-label="Options">
          <h2>
            Options <small>as read back from the builder</small>
          </h2>
          <FactList facts={options} />
        </section>
      )}
    </>
  )
}

function proofSentence(artifact: Artifact): string {
  const proof = artifact.precisionProof
  const figure = proofFigure(artifact)
  if (!proof) return figure ? `of ${figure.of}.` : 'Its precision could not be read from the file.'
  if (!proof.holds) return `It does not match its label: ${proof.label}, by the ${proof.method}.`
  return `of ${figure?.of ?? 'it'}, read from the ${proof.method}, not from a flag.`
}

function benchmarkObstacle(
  artifact: Artifact,
  manifest: ModelManifest | null,
  available: readonly BackendId[],
): string | null {
  if (artifact.precisionProof?.holds === false) return 'Cannot be benchmarked: its precision is not proved.'
  if (isOfTestBuilder(artifact)) return 'Built by the test builder: it shows proof and size, and cannot be benchmarked.'
  if (!manifest) return 'Open its .onnx file again to benchmark it.'
  const readers = readersOf(artifact)
  return readers.some((id) => available.includes(id)) ? null : 'No backend on this machine can load it; see Setup.'
}

function CopyButton({ onCopy }: { readonly onCopy: () => Promise<boolean> }) {
  const [words, setWords] = useState('Copy recipe')
  const copy = () => void onCopy().then((done) => setWords(done ? 'Copied' : 'Copy failed: save it'))
  return <Button onClick={copy}>{words}</Button>
}

/** A second press removes it; this cannot be undone. */
function RemoveButton({ onRemove }: { readonly onRemove: () => void }) {
  const [sure, setSure] = useState(false)
  return (
    <Button kind="plain" onClick={() => (sure ? onRemove() : setSure(true))}>
      {sure ? 'Remove permanently' : 'Remove'}
    </Button>
  )
}

type Facts = (readonly [name: string, value: string])[]

const mebibyte = 1024 * 1024

/** An artifact as names and values: its inputs, its origin and tools, and the builder's settings. */
function artifactFacts(artifact: Artifact, all: readonly Artifact[]): Facts {
  const { batch, size, machine, card, plugin, createdAt, opset, weights, weightBytes, activationBytes } = artifact
  const facts: Facts = [['Size', bytes(artifact.sizeBytes)]]
  if (weightBytes != null || activationBytes != null) {
    facts.push(['Weights, activations', `${mebibytes(weightBytes)}, ${mebibytes(activationBytes)}`])
  }
  facts.push(['Build time', artifact.buildTimeMs > 0 ? duration(artifact.buildTimeMs) : 'not built here'])
  if (batch) facts.push(['Batch size', rangeText(batch)])
  if (size) facts.push(['Height and width', `${rangeText(size)} px`])
  facts.push(['Built from', parentWords(artifact, all)])
  if (artifact.kind === 'onnx' && opset !== null) facts.push(['Opset', String(opset)])
  if (artifact.exporter) facts.push(['Exported', exporterWords(artifact.exporter)])
  facts.push(['Weights', weights === 'seeded' ? 'seeded: predictions not valid' : weights])
  for (const [tool, version] of Object.entries(artifact.tools)) facts.push([tool, version])
  if (machine) facts.push(['Built for', machine])
  if (card?.uuid) facts.push(['Card', `${card.name}, ${card.uuid}`])
  if (plugin) facts.push(['Plugin library', pluginWords(plugin)])
  if (createdAt) facts.push(['Created', moment(createdAt)])
  return facts
}

function optionFacts({ options }: Artifact): Facts {
  return Object.entries(options ?? {}).map(([name, value]) => [optionName(name), optionText(name, value)])
}

function calibrationFacts({ calibration }: Artifact): Facts {
  if (!calibration) return []
  const { method, imageCount, source, sha256, elsewhere } = calibration
  return [
    ['Method', method],
    ['Images', `${imageCount} of 500 recommended`],
    ['From', source],
    ['Set hash', shortHash(sha256)],
    ['Other layers', precisionLabel(elsewhere)],
  ]
}

function parentWords({ parents, kind }: Artifact, all: readonly Artifact[]): string {
  const parent = all.find(({ sha256 }) => parents.includes(sha256))
  if (parent) {
    const precision = parent.precision === 'fp32' ? '' : `, ${precisionLabel(parent.precision)}`
    return `${libraryName(parent)}${precision} ${shortHash(parent.sha256)}`
  }
  const [first] = parents
  if (first !== undefined) return `${shortHash(first)}, no longer available`
  return kind === 'onnx' ? 'PyTorch, or the file itself' : 'not recorded'
}

function mebibytes(value: number | null | undefined): string {
  return value == null ? 'not reported' : `${(value / mebibyte).toFixed(value < 10 * mebibyte ? 1 : 0)} MiB`
}

/** `1 – 8 – 16`: smallest, optimal, largest. */
function rangeText({ min, opt, max }: OptimizationRange): string {
  return min === max ? String(min) : `${min} – ${opt} – ${max}`
}

/** `workspaceBytes` -> `Workspace`; the value carries the unit. */
function optionName(name: string): string {
  const words = name
    .replace(/(Bytes|Ms)$/, '')
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
  return words === 'tf32' ? 'TF32' : words.charAt(0).toUpperCase() + words.slice(1)
}

function optionText(name: string, value: string | number | boolean | null): string {
  if (value === null) return "the library's default"
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  if (typeof value === 'number' && name.endsWith('Bytes')) return `${Number((value / 1024 ** 3).toFixed(2))} GiB`
  return String(value)
}

/** A sha256, shown shortened and copied in full: Ctrl C while it has the focus, or a click. */
function HashLine({ sha256 }: { readonly sha256: string }) {
  const [copied, setCopied] = useState(false)
  const copy = () => setCopied(copyText(sha256))
  return (
    <dl className="facts hash-line">
      <dt>sha256</dt>
      <dd>
        <button
          type="button"
          className="mono"
          title={`${sha256}: copy the full hash`}
          onClick={copy}
          onKeyDown={(event) => {
            if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'c') copy()
          }}
        >
          {copied ? 'copied' : `${sha256.slice(0, 4)} ${sha256.slice(4, 8)} … ${sha256.slice(-4)}`}
        </button>
      </dd>
    </dl>
  )
}

/** What stayed in FP32, and why. Requested operators that are not in the graph are left out. */
function KeptOperators({ artifact }: { readonly artifact: Artifact }) {
  const kept = (artifact.keptInFp32 ?? []).filter(({ count }) => count > 0)
  if (kept.length === 0) return null
  return (
    <section className="inspector-section" aria-label="Kept in FP32">
      <h2>Kept in FP32</h2>
      <ul className="kept small">
        {kept.map(({ operator, count, reason }) => (
          <li key={`${operator} ${reason}`}>
            <b>
              {operator} <span className="quiet number">× {count}</span>
            </b>
            <span className="quiet">{reason}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** Layers and weight bytes by type, as bars or as a table. */
function SharePanel({ artifact, table }: { readonly artifact: Artifact; readonly table: boolean }) {
  const { ref, width } = useChartWidth(312)
  const rows = shareRows(artifact)
  const own = rows.find(({ isOwn }) => isOwn)
  const title = own
    ? [
        own.layers === null ? '' : `${shareText(own.layers)} % of layers`,
        own.weights === null ? '' : `${shareText(own.weights)} % of weights`,
      ]
        .filter(Boolean)
        .join(', ')
    : `Nothing is in ${precisionLabel(artifact.precision)}`
  return (
    <section className="inspector-section" aria-label="Shares by type">
      <h2>
        {title} <small>by type, %; layers over weights</small>
      </h2>
      <div ref={ref} className="inspector-chart">
        {table ? (
          <ChartTable
            caption="Shares by type"
            columns={[{ title: 'Type' }, { title: 'Layers', number: true }, { title: 'Weight bytes', number: true }]}
            rows={rows.map(({ label, layers, weights }) => ({
              key: label,
              cells: [label, layers === null ? '–' : percent(layers, 2), weights === null ? '–' : percent(weights, 2)],
            }))}
          />
        ) : (
          <ShareBars rows={rows} backend={mainReaderOf(artifact.kind)} width={width} label={title} />
        )}
      </div>
    </section>
  )
}

function shareRows({ layerPrecision, weightPrecision, precision }: Artifact) {
  const layers = sharesByType(layerPrecision ?? {}, precision)
  const weights = sharesByType(weightPrecision ?? {}, precision)
  const types = [...new Map([...layers, ...weights].map((each) => [each.type, each])).values()]
  types.sort((a, b) => Number(b.isOwn) - Number(a.isOwn))
  const shareIn = (shares: typeof layers, type: string) => shares.find((each) => each.type === type)?.share ?? 0
  return types.map(({ type, label, isOwn }) => ({
    label,
    isOwn,
    layers: layerPrecision ? shareIn(layers, type) : null,
    weights: weightPrecision ? shareIn(weights, type) : null,
  }))
}
