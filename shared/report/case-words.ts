// A case in words: its name, its row order, its speedup and parity, its badges, and each missing figure with the
// reason.
import { exporterWords } from '../domain/artifact.ts'
import { type BackendId, backendLabels } from '../domain/backend.ts'
import { type Figure, isMeasured } from '../domain/figure.ts'
import { copyOfKey } from '../domain/key.ts'
import { type Precision, precisionLabel } from '../domain/precision.ts'
import type { Badge, CaseRecord, GroupRecord, Speedup } from '../domain/run.ts'
import { taskWords } from '../statistics/parity.ts'
import { percentText, rangeText } from './figure-text.ts'
import { roundsText } from './gain.ts'
import { ratioWords, verdictWords } from './verdict-words.ts'

/** The name of a case wherever it is shown: backend and precision in words, if it is tuned, and the copy's number. */
interface CaseIdentity {
  readonly caseKey: string
  readonly backend: BackendId
  readonly precision: Precision
}

/** `ONNX Runtime`, `ONNX Runtime, tuned`, `PyTorch eager, copy 2`. */
export function backendName({ caseKey, backend }: CaseIdentity): string {
  const { copy } = copyOfKey(caseKey)
  const parts = [backendLabels[backend], ...(/-tuned\b/.test(caseKey) ? ['tuned'] : [])]
  return [...parts, ...(copy === null ? [] : [`copy ${copy}`])].join(', ')
}

/** What the precision was read from, proved or not; null for a case that proved nothing. */
export function proofWords({ precisionProof, backend }: CaseRecord): string | null {
  if (precisionProof === null || backend === 'simulated') return null
  const { holds, label, method } = precisionProof
  return `precision ${holds ? 'proved' : 'not proved'}: ${label}, by ${method}`
}

/** `ONNX Runtime FP32`. */
export function caseName(identity: CaseIdentity): string {
  return `${backendName(identity)} ${precisionLabel(identity.precision)}`
}

export function baselineName({ baseline, cases }: GroupRecord): string {
  const found = cases.find(({ caseKey }) => caseKey === baseline)
  return found === undefined ? baseline : caseName(found)
}

/** Row order: fastest first, the baseline at 1 ×, refused speedups after claimed ones, incomplete cases last. */
export function orderedCases(group: GroupRecord): readonly CaseRecord[] {
  return [...group.cases].sort((left, right) => rankOf(right, group) - rankOf(left, group))
}

function rankOf({ caseKey, state, speedup }: CaseRecord, { baseline }: GroupRecord): number {
  if (state !== 'completed') return -2
  if (caseKey === baseline) return 1
  return speedup.verdict === 'refused' ? -1 : (speedup.value ?? -1)
}

// The text about a case next to its numbers: its speedup, its parity, and every missing figure with the reason.

/**
 * `1.39 × (1.36 – 1.42) faster`, `1.004 × (0.995 – 1.013) same within 2 %`, `1 × baseline`, `no difference shown: …`,
 * `speedup refused: …`.
 */
export function speedupWords({ caseKey, state, reason, speedup }: CaseRecord, group: GroupRecord): string {
  if (state !== 'completed') return `${state}: ${reason ?? speedup.reason}`
  if (caseKey === group.baseline) return '1 × baseline'
  const verdict = verdictWords(speedup)
  if (speedup.value === null || speedup.verdict === 'refused') return `${verdict}: ${speedup.reason}`
  const beside = undisturbedWords(speedup)
  if (speedup.verdict === 'no-difference') return `${verdict}: ${speedup.reason}${beside}`
  return `${ratioWords(speedup)} ${verdict}${beside}`
}

/** `; without 3 disturbed rounds 1.38 × (1.35 – 1.41)`; empty if nothing was disturbed. */
function undisturbedWords({ verdict, withoutFlagged }: Speedup): string {
  if (withoutFlagged === undefined) return ''
  const { value, roundsLeftOut } = withoutFlagged
  if (value === null) return '; every round was disturbed'
  return `; without ${roundsText(roundsLeftOut)} ${ratioWords({ ...withoutFlagged, verdict })}`
}

const parityWords = { pass: '✓ pass', warn: '▲ warn', fail: '✕ fail', 'not-judged': 'not judged' } as const

export function parityVerdictWords({ parity }: CaseRecord): string {
  return parity.reason === 'reference' ? 'reference' : parityWords[parity.verdict]
}

/** The task's measure besides the cosine: `mAP 0.998`; accuracy has its own place. */
export function taskFigureWords({ parity }: CaseRecord): readonly string[] {
  return parity.figures === null ? [] : taskWords({ ...parity.figures, accuracy: null })
}

/** `onnx 1a2b3c4d`; null if the case ran no converted artifact. */
export function artifactName({ artifact }: CaseRecord): string | null {
  return artifact ? `${artifact.kind} ${artifact.sha256.slice(0, 8)}` : null
}

/** `onnx 1a2b3c4d, made by onnxruntime 1.32.0; when converted: ✓ pass, cosine 0.9998, …`; null likewise. */
export function artifactWords(record: CaseRecord): string | null {
  const { artifact } = record
  if (!artifact) return null
  const tools = Object.entries(artifact.tools).map(([name, version]) => `${name} ${version}`)
  const makers = tools.length === 0 ? '' : `, made by ${tools.join(', ')}`
  const { verdict, reason } = artifact.parity
  return `${artifactName(record)}${makers}; when converted: ${parityWords[verdict]}, ${reason}`
}

/** How its graph was exported; null if nothing here exported it. */
export function exportedWords({ exporter }: CaseRecord): string | null {
  return exporter === undefined ? null : `Exported: ${exporterWords(exporter)}`
}

/** The figure that decided, unless it was the cosine, which has its own place: `values off by 18.2 %`. */
export function decidingWords({ parity: { decidedBy } }: CaseRecord): readonly string[] {
  return decidedBy === undefined || decidedBy.startsWith('cosine') ? [] : [decidedBy]
}

/** Truncated, not rounded, so that only equality reads as 1. */
export function cosineText({ parity }: CaseRecord): string {
  const cosine = parity.figures?.cosineSimilarity ?? null
  if (cosine === null) return ''
  return cosine === 1 ? '1' : (Math.floor(cosine * 1e6) / 1e6).toFixed(6)
}

export function accuracyText({ accuracy }: CaseRecord): string {
  if (!isMeasured(accuracy)) return '–'
  const range = accuracy.interval === null ? '' : ` (${rangeText(accuracy.interval, percentNumber)})`
  return `${percentText(accuracy.value)}${range}`
}

/** Name of a figure -> why it is missing, in the record's order. */
export function missingFigures(record: CaseRecord): readonly (readonly [string, string])[] {
  const { latencyMs, memory } = record
  const figures: readonly (readonly [string, Figure])[] = [
    ['p50', latencyMs.p50],
    ['p90', latencyMs.p90],
    ['p95', latencyMs.p95],
    ['p99', latencyMs.p99],
    ['images per second', record.imagesPerSecond],
    ['engine memory', memory.engineDeclaredBytes],
    ['allocator peak', memory.allocatorPeakBytes],
    ['process peak', memory.processPeakBytes],
    ['energy per image', record.energyJoulesPerImage],
    ['accuracy', record.accuracy],
  ]
  return figures.flatMap(([name, figure]) => (isMeasured(figure) ? [] : [[name, figure.reason] as const]))
}

function percentNumber(share: number): string {
  return (share * 100).toFixed(1)
}

/** Badges in words. Seeded weights are stated in full in every place that shows a result. */
export const badgeWords: Readonly<Record<Badge, string>> = {
  noisy: 'noisy',
  throttled: 'throttled',
  'no-steady-state': 'no steady state',
  'seeded-weights': 'seeded weights: timing valid, predictions not',
  simulated: 'simulated',
  partial: 'partial',
  'few-samples': 'few samples',
}
