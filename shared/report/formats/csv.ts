// One row per case, for spreadsheets and scripts. Cells without a number are empty, with the reasons in the last
// column. Text that a spreadsheet would treat as a formula gets a leading apostrophe.
import { stringify } from 'csv-stringify/browser/esm/sync'
import type { Figure } from '../../domain/figure.ts'
import type { CaseRecord, GroupRecord, RunRecord } from '../../domain/run.ts'
import { visibleLine } from '../../domain/visible-text.ts'
import { passIds, passOf } from '../../passes/index.ts'
import { type Cell, type Cells, measuredOf } from '../../passes/pass.ts'
import { floorValue } from '../../statistics/noise-floor.ts'
import { missingFigures } from '../case-words.ts'
import { looksWords, protocolOf } from '../verdict-words.ts'
import type { ReportFormatDefinition } from './report-format.ts'

export const csvFormat: ReportFormatDefinition = {
  fileName: 'benchmark_results.csv',
  render: ({ record }) => {
    const rows = record.groups.flatMap((group) => group.cases.map((entry) => rowOf(record, group, entry)))
    const columns = Object.keys(rows[0] ?? {})
    return stringify(rows, {
      header: rows.length > 0,
      columns,
      escape_formulas: true,
      record_delimiter: 'windows',
      cast: { boolean: (value) => (value ? 'true' : 'false'), string: cellText },
    })
  },
}

/** On one line, and without anything that a terminal or a spreadsheet would not show. */
function cellText(value: string): string {
  return visibleLine(value.replace(/\s*[\r\n]+\s*/g, ' '))
}

function rowOf(record: RunRecord, group: GroupRecord, entry: CaseRecord): Record<string, Cell> {
  const { latencyMs, memory, parity, speedup } = entry
  return {
    run_id: record.runId,
    created_at: record.createdAt,
    model: record.modelName,
    simulated: record.simulated,
    protocol: protocolOf(record),
    device: group.device,
    group: group.groupKey,
    batch_size: group.batchSize,
    case: entry.caseKey,
    backend: entry.backend,
    precision: entry.precision,
    precision_proof: entry.precisionProof?.label ?? null,
    precision_holds: entry.precisionProof?.holds ?? null,
    precision_method: entry.precisionProof?.method ?? null,
    weights: entry.weights,
    state: entry.state,
    reason: entry.reason,
    ...figureCells('p50_ms', latencyMs.p50),
    ...figureCells('p90_ms', latencyMs.p90),
    ...figureCells('p95_ms', latencyMs.p95),
    ...figureCells('p99_ms', latencyMs.p99),
    mean_ms: latencyMs.mean.value,
    min_ms: latencyMs.min.value,
    ...figureCells('images_per_second', entry.imagesPerSecond),
    engine_declared_bytes: memory.engineDeclaredBytes.value,
    allocator_peak_bytes: memory.allocatorPeakBytes.value,
    process_peak_bytes: memory.processPeakBytes.value,
    process_peak_method: entry.processPeakMethod ?? null,
    energy_joules_per_image: entry.energyJoulesPerImage.value,
    parity: parity.verdict,
    parity_reason: parity.reason,
    parity_decided_by: parity.decidedBy ?? null,
    cosine: parity.figures?.cosineSimilarity ?? null,
    max_abs_error: parity.figures?.maxAbsError ?? null,
    relative_error: parity.figures?.errors?.relativeError ?? null,
    scale: parity.figures?.errors?.scale ?? null,
    variation_error: parity.figures?.errors?.variationError ?? null,
    equal_share: parity.figures?.errors?.equalShare ?? null,
    max_rel_error: parity.figures?.maxRelError ?? null,
    top1_agreement: parity.figures?.top1Agreement ?? null,
    top5_agreement: parity.figures?.top5Agreement ?? null,
    neighbour_agreement: parity.figures?.neighbourAgreement ?? null,
    matched_boxes: parity.figures?.detection?.matchedShare ?? null,
    mean_iou: parity.figures?.detection?.meanIou ?? null,
    max_score_difference: parity.figures?.detection?.maxScoreDifference ?? null,
    mean_average_precision: parity.figures?.detection?.meanAveragePrecision ?? null,
    ...figureCells('accuracy', entry.accuracy),
    baseline: speedup.baseline,
    speedup: speedup.value,
    speedup_low: speedup.interval?.low ?? null,
    speedup_high: speedup.interval?.high ?? null,
    speedup_level: speedup.interval?.level ?? null,
    speedup_method: speedup.interval?.method ?? null,
    margin: speedup.margin ?? null,
    speedup_launches: speedup.launches ?? null,
    looks: looksWords(speedup),
    minutes_to_decide: speedup.minutesToDecide ?? null,
    speedup_without_flagged: speedup.withoutFlagged?.value ?? null,
    flagged_rounds: speedup.withoutFlagged?.roundsLeftOut ?? (record.sampling === undefined ? null : 0),
    noise_floor: floorValue(record.noiseFloor),
    preflight: record.sampling?.preflight.verdict ?? null,
    launches: group.launches?.length ?? null,
    stopped: group.stopped ?? null,
    added_rounds: group.addedRounds?.join(' ') ?? null,
    verdict: speedup.verdict,
    verdict_reason: speedup.reason,
    verdict_heading: speedup.heading,
    badges: entry.badges.join(' '),
    samples: entry.sampleCount,
    lead_samples: entry.leadSampleCount,
    mild_outliers: entry.outliers.mild,
    severe_outliers: entry.outliers.severe,
    threads: entry.threads,
    load_ms: entry.loadMs.value,
    artifact_sha256: entry.artifactSha256,
    artifact_kind: entry.artifact?.kind ?? null,
    artifact_tools: toolsText(entry),
    artifact_parity: entry.artifact?.parity.verdict ?? null,
    ...passCells(entry),
    not_measured: missingFigures(entry)
      .map(([name, reason]) => `${name}: ${reason}`)
      .join('; '),
  }
}

function toolsText({ artifact }: CaseRecord): string | null {
  if (!artifact) return null
  return Object.entries(artifact.tools)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ')
}

function figureCells(name: string, figure: Figure): Record<string, Cell> {
  const interval = figure.value === null ? null : figure.interval
  return { [name]: figure.value, [`${name}_low`]: interval?.low ?? null, [`${name}_high`]: interval?.high ?? null }
}

/** Layers and the server trials are only in the JSON. */
function passCells(entry: CaseRecord): Cells {
  const passes = passIds.map(passOf)
  const reasons = passes.flatMap(({ field }) => {
    const result = entry[field]
    return result !== undefined && 'notMeasured' in result ? [`${field}: ${result.notMeasured}`] : []
  })
  return {
    ...Object.assign({}, ...passes.map(({ field, cells }) => cells(measuredOf<object>(entry[field]), entry))),
    passes_not_measured: reasons.join('; '),
  }
}
