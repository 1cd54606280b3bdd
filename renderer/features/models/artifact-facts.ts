// An artifact in names and values: what it takes, what it was made of and with, and what the builder was set to.
import type { Artifact } from '../../../shared/domain/artifact.ts'
import { precisionLabel } from '../../../shared/domain/precision.ts'
import type { OptimizationRange } from '../../../shared/domain/recipe.ts'
import { libraryName, shortHash } from '../../format/artifact.ts'
import { bytes } from '../../format/number.ts'
import { duration, moment } from '../../format/time.ts'

type Facts = (readonly [name: string, value: string])[]

const mebibyte = 1024 * 1024

export function artifactFacts(artifact: Artifact, all: readonly Artifact[]): Facts {
  const { batch, size, machine, createdAt, opset, weights, weightBytes, activationBytes } = artifact
  const facts: Facts = [['Size', bytes(artifact.sizeBytes)]]
  if (weightBytes != null || activationBytes != null) {
    facts.push(['Weights, activations', `${mebibytes(weightBytes)}, ${mebibytes(activationBytes)}`])
  }
  facts.push(['Build time', artifact.buildTimeMs > 0 ? duration(artifact.buildTimeMs) : 'not built here'])
  if (batch) facts.push(['Batch size', rangeText(batch)])
  if (size) facts.push(['Height and width', `${rangeText(size)} px`])
  facts.push(['Built from', parentWords(artifact, all)])
  if (artifact.kind === 'onnx' && opset !== null) facts.push(['Opset', String(opset)])
  facts.push(['Weights', weights === 'seeded' ? 'seeded: predictions mean nothing' : weights])
  for (const [tool, version] of Object.entries(artifact.tools)) facts.push([tool, version])
  if (machine) facts.push(['Belongs to', machine])
  if (createdAt) facts.push(['Made', moment(createdAt)])
  return facts
}

export function optionFacts({ options }: Artifact): Facts {
  return Object.entries(options ?? {}).map(([name, value]) => [optionName(name), optionText(name, value)])
}

export function calibrationFacts({ calibration }: Artifact): Facts {
  if (!calibration) return []
  const { method, imageCount, source, sha256, elsewhere } = calibration
  return [
    ['Method', method],
    ['Images', `${imageCount} of 500 advised`],
    ['From', source],
    ['Set', shortHash(sha256)],
    ['Elsewhere', precisionLabel(elsewhere)],
  ]
}

function parentWords({ parents, kind }: Artifact, all: readonly Artifact[]): string {
  const parent = all.find(({ sha256 }) => parents.includes(sha256))
  if (parent) {
    const precision = parent.precision === 'fp32' ? '' : `, ${precisionLabel(parent.precision)}`
    return `${libraryName(parent)}${precision} ${shortHash(parent.sha256)}`
  }
  const [first] = parents
  if (first !== undefined) return `${shortHash(first)}, no longer here`
  return kind === 'onnx' ? 'PyTorch, or the file itself' : 'not recorded'
}

function mebibytes(value: number | null | undefined): string {
  return value == null ? 'not told' : `${(value / mebibyte).toFixed(value < 10 * mebibyte ? 1 : 0)} MiB`
}

/** `1 – 8 – 16`: smallest, tuned for, largest. */
function rangeText({ min, opt, max }: OptimizationRange): string {
  return min === max ? String(min) : `${min} – ${opt} – ${max}`
}

/** `workspaceBytes` -> `Workspace`; the unit is in the value. */
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
