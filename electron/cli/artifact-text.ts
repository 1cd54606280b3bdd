// One artifact as a terminal shows it: what its builder reported, the precision proof, the parity.
import type { Artifact } from '../../shared/domain/artifact.ts'
import { pluginWords } from '../../shared/domain/plugin.ts'
import { precisionLabel } from '../../shared/domain/precision.ts'
import { bytesText, durationText, numberText } from './figure-text.ts'

export function artifactText(artifact: Artifact): string {
  const lines: readonly (readonly [string, string | null])[] = [
    ['Artifact', `${artifact.sha256.slice(0, 12)} · ${artifact.modelId} · ${artifact.kind}`],
    ['File', artifact.file],
    ['Size', bytesText(artifact.sizeBytes)],
    ['Precision', `${precisionLabel(artifact.precision)}${elsewhereText(artifact)}`],
    [
      'Batch size',
      artifact.batch ? `min ${artifact.batch.min}, opt ${artifact.batch.opt}, max ${artifact.batch.max}` : null,
    ],
    ['Build time', durationText(artifact.buildTimeMs)],
    ['Activation memory', bytesOrNull(artifact.activationBytes)],
    ['Weights memory', bytesOrNull(artifact.weightBytes)],
    ['Opset', artifact.opset === null ? null : String(artifact.opset)],
    ['Made by', toolsText(artifact)],
    ['Proof', proofText(artifact)],
    ['Layers', sharesText(artifact.layerPrecision)],
    ['Weights', sharesText(artifact.weightPrecision)],
    ['Kept in FP32', keptText(artifact)],
    ['Plugin library', artifact.plugin ? pluginWords(artifact.plugin) : null],
    ['Built on', artifact.card ? [artifact.card.name, artifact.card.uuid].filter(Boolean).join(', ') : null],
    ['Parity', parityText(artifact)],
    ['Sensitivity', sensitivityText(artifact)],
  ]
  return lines.flatMap(([name, value]) => (value === null ? [] : [`${name.padEnd(19)}${value}`])).join('\n')
}

export function toolsText({ tools }: Pick<Artifact, 'tools'>): string {
  return Object.entries(tools)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ')
}

function bytesOrNull(bytes: number | null | undefined): string | null {
  return bytes === null || bytes === undefined ? null : bytesText(bytes)
}

function elsewhereText({ calibration }: Artifact): string {
  if (!calibration) return ''
  const { elsewhere, method, imageCount, source, scheme, overflowFix } = calibration
  const how = [...(scheme ? [scheme] : []), ...(overflowFix ? [`overflow fix ${overflowFix}`] : []), method].join(', ')
  return `, ${precisionLabel(elsewhere)} elsewhere; ${how} over ${imageCount} images of ${source}`
}

function proofText({ precisionProof }: Artifact): string | null {
  if (!precisionProof) return null
  return `${precisionProof.holds ? 'holds' : 'does not hold'}: ${precisionProof.label} (${precisionProof.method})`
}

function sharesText(shares: Artifact['layerPrecision'] | undefined): string | null {
  if (!shares) return null
  return Object.entries(shares)
    .filter(([, share]) => share > 0)
    .map(([type, share]) => `${type.toUpperCase()} ${numberText(share * 100)} %`)
    .join(', ')
}

function keptText({ keptInFp32 = [] }: Artifact): string | null {
  if (keptInFp32.length === 0) return null
  return keptInFp32.map(({ operator, count, reason }) => `${count} ${operator} (${reason})`).join('; ')
}

function parityText({ parity }: Artifact): string {
  const figures = parity.byBatchSize.map(({ batchSize, figures: { cosineSimilarity, maxAbsError, imageCount } }) => {
    const cosine = cosineSimilarity === null ? 'no cosine' : `cosine ${cosineSimilarity.toFixed(6)}`
    const error = maxAbsError === null ? '' : `, max abs ${numberText(maxAbsError)}`
    return `batch ${batchSize}: ${cosine}${error} over ${imageCount} images`
  })
  return [`${parity.verdict}: ${parity.reason}`, ...figures].join('; ')
}

/** The layers that cost the most parity, worst first. */
function sensitivityText({ sensitivity }: Artifact): string | null {
  if (!sensitivity || sensitivity.length === 0) return null
  const worst = [...sensitivity].sort((a, b) => (a.cosineSimilarity ?? 1) - (b.cosineSimilarity ?? 1)).slice(0, 5)
  const lines = worst.map(({ name, operator, cosineSimilarity }) => {
    return `  ${cosineSimilarity?.toFixed(6) ?? 'unknown '}  ${operator}  ${name}`
  })
  return [`cosine with only one layer in INT8, worst of ${sensitivity.length}`, ...lines].join('\n')
}
