// What `inspect` prints for people: the facts of a file and its layers, or two files aligned by ONNX node.
import type { InspectedFile } from '../../shared/domain/inspection.ts'
import { pluginWords } from '../../shared/domain/plugin.ts'
import { type AlignedRow, alignedRows, layerRows, reformatCost } from '../../shared/report/engine-layers.ts'
import { numberText, percentText } from '../../shared/report/figure-text.ts'
import { textTable } from './table.ts'
import type { Terminal } from './terminal.ts'

type Output = Pick<Terminal, 'resultIsTerminal'>

const longestName = 48

export function inspectionText(file: InspectedFile, terminal: Output): string {
  const { inspection } = file
  const ends = textTable(
    ['Tensor', 'Mode', 'Type', 'Shape', 'Format', 'Location'].map((title) => ({ title })),
    inspection.tensors.map(({ name, mode, type, shape, format, location }) => [
      ...[name, mode, type ?? 'not told', shapeText(shape), format ?? '–', location ?? '–'],
    ]),
    terminal,
  )
  const profiles = inspection.profiles.map(
    ({ index, input, min, opt, max }) =>
      `Profile ${index}: ${input} min ${shapeText(min)}, opt ${shapeText(opt)}, max ${shapeText(max)}`,
  )
  return [
    ...heading(file),
    ends,
    ...(profiles.length === 0 ? [] : [profiles.join('\n')]),
    layerTable(file, terminal),
  ].join('\n\n')
}

function heading(file: InspectedFile): readonly string[] {
  const { name, inspection, instead } = file
  const tools = Object.entries(inspection.tools).map(([tool, version]) => `${tool} ${version}`)
  const what = inspection.of === 'engine' ? 'layers' : 'nodes'
  const at = inspection.shapes === null ? '' : `, at ${inspection.shapes}`
  const cost = reformatCost(file)
  const copies =
    cost === null
      ? ''
      : `, of which ${countOf(cost.count, 'reformat')}${cost.ms === null ? '' : ` of ${numberText(cost.ms)} ms`}`
  return [
    `${name}: ${inspection.layers.length} ${what}${copies}${at}, read by ${tools.join(', ')}`,
    ...(instead === null ? [] : [instead]),
    ...(file.plugin === undefined ? [] : [`Opened with the plugin library ${pluginWords(file.plugin)}`]),
    ...(file.times === null ? [] : [`Times: run ${file.times.runId}, ${file.times.method}`]),
  ]
}

function layerTable(file: InspectedFile, terminal: Output): string {
  const isTimed = file.times !== null
  const rows = layerRows(file).map(({ index, layer, timeMs, share }) => [
    String(index),
    shortened(layer.name),
    layer.kind || '–',
    layer.type ?? 'not told',
    nodesText(layer.onnxNodes),
    ...(isTimed ? [timeMs === null ? '–' : numberText(timeMs), share === null ? '–' : percentText(share)] : []),
  ])
  const columns = [
    { title: '#', align: 'right' as const },
    ...['Layer', 'Kind', 'Type', 'ONNX nodes'].map((title) => ({ title })),
    ...(isTimed ? ['ms', 'Share'].map((title) => ({ title, align: 'right' as const })) : []),
  ]
  return textTable(columns, rows, terminal)
}

export function alignmentText(first: InspectedFile, second: InspectedFile, terminal: Output): string {
  const rows = alignedRows(first, second).map((row) => [
    rowName(row),
    sideText(row.first),
    sideText(row.second),
    row.firstMs === null ? '–' : numberText(row.firstMs),
    row.secondMs === null ? '–' : numberText(row.secondMs),
    row.speedup === null ? '–' : `${numberText(row.speedup)} ×`,
  ])
  const columns = [
    ...['ONNX nodes', 'First', 'Second'].map((title) => ({ title })),
    ...['First ms', 'Second ms', 'Second is'].map((title) => ({ title, align: 'right' as const })),
  ]
  const untimed = [first, second].filter(({ times }) => times === null)
  const note =
    untimed.length === 0
      ? 'Times are of a profiler, which slows what it watches: compare shares, not latencies.'
      : `Not timed: ${untimed.map(({ name }) => name).join('; ')}. To time the layers: enginebench run --artifact HASH --layers`
  return [
    `First: ${heading(first).join('\n')}`,
    `Second: ${heading(second).join('\n')}`,
    textTable(columns, rows, terminal),
    note,
  ].join('\n\n')
}

function rowName({ kind, nodes, first, second }: AlignedRow): string {
  if (kind === 'reformats') return 'reformats'
  return nodes.length === 0 ? `${shortened((first[0] ?? second[0])?.layer.name ?? '')} (no node)` : nodesText(nodes)
}

function sideText(rows: AlignedRow['first']): string {
  const [first] = rows
  if (first === undefined) return '–'
  const types = [...new Set(rows.map(({ layer }) => layer.type ?? 'not told'))].join(', ')
  return rows.length === 1 ? `${first.layer.kind || 'layer'}, ${types}` : `${rows.length} layers, ${types}`
}

function nodesText(nodes: readonly string[]): string {
  const [first, ...others] = nodes
  if (first === undefined) return '–'
  return others.length === 0 ? shortened(first) : `${shortened(first)} and ${others.length} more`
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

function shapeText(shape: readonly number[]): string {
  return shape.map((size) => (size < 0 ? '?' : String(size))).join('x') || 'scalar'
}

function shortened(name: string): string {
  return name.length <= longestName ? name : `${name.slice(0, longestName / 2 - 1)}…${name.slice(-longestName / 2)}`
}
