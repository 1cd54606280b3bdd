// The layers of an inspected file as rows, and two files side by side. Each engine fuses differently, so rows of two are
// aligned by the ONNX nodes that they compute: a row holds all layers that share nodes, directly or through others.
import type { InspectedFile, InspectedLayer } from '../domain/inspection.ts'

export interface LayerRow {
  /** In running order, from 0. */
  readonly index: number
  readonly layer: InspectedLayer
  /** Ms per query; null if no run timed it. The time of a repeated name is at its first layer. */
  readonly timeMs: number | null
  /** Of the time of all layers, 0..1. */
  readonly share: number | null
}

export function layerRows({ inspection, times }: InspectedFile): readonly LayerRow[] {
  const seen = new Set<string>()
  return inspection.layers.map((layer, index) => {
    const timeMs = seen.has(layer.name) ? null : (times?.ms[layer.name] ?? null)
    seen.add(layer.name)
    const share = timeMs === null || times === null || times.totalMs === 0 ? null : timeMs / times.totalMs
    return { index, layer, timeMs, share }
  })
}

/** Copies between formats or types: they compute nothing. */
export function isReformat({ kind, name }: InspectedLayer): boolean {
  return kind === 'Reformat' || name.startsWith('Reformatting CopyNode')
}

export interface AlignedRow {
  readonly kind: 'layers' | 'reformats' | 'no node'
  /** Those that a layer of either file computes; empty for reformats and layers that name none. */
  readonly nodes: readonly string[]
  readonly first: readonly LayerRow[]
  readonly second: readonly LayerRow[]
  /** Sum of the timed layers; null if none was timed. */
  readonly firstMs: number | null
  readonly secondMs: number | null
  /** How many times as fast the second is; null unless both were timed. */
  readonly speedup: number | null
}

/** In the first file's order, then the second's; reformats of both are one row at the end. */
export function alignedRows(first: InspectedFile, second: InspectedFile): readonly AlignedRow[] {
  const rows = [layerRows(first), layerRows(second)].map((all) => ({
    computing: all.filter(({ layer }) => !isReformat(layer)),
    reformats: all.filter(({ layer }) => isReformat(layer)),
  }))
  const [left, right] = rows
  if (left === undefined || right === undefined) throw new Error('two files are aligned')
  const groups = new NodeGroups()
  for (const { layer } of [...left.computing, ...right.computing]) groups.join(layer.onnxNodes)
  const keyed = new Map<string, { first: LayerRow[]; second: LayerRow[] }>()
  const entryOf = (row: LayerRow, side: string) => {
    const [node] = row.layer.onnxNodes
    const key = node === undefined ? `${side} ${row.index}` : `node ${groups.rootOf(node)}`
    const found = keyed.get(key) ?? { first: [], second: [] }
    keyed.set(key, found)
    return found
  }
  for (const row of left.computing) entryOf(row, 'first').first.push(row)
  for (const row of right.computing) entryOf(row, 'second').second.push(row)
  const layers = [...keyed.values()].map((sides) => alignedRow(sides.first, sides.second))
  if (left.reformats.length + right.reformats.length === 0) return layers
  return [...layers, { ...alignedRow(left.reformats, right.reformats), kind: 'reformats', nodes: [] }]
}

function alignedRow(first: readonly LayerRow[], second: readonly LayerRow[]): AlignedRow {
  const nodes = [...new Set([...first, ...second].flatMap(({ layer }) => layer.onnxNodes))]
  const [firstMs, secondMs] = [summedMs(first), summedMs(second)]
  const speedup = firstMs === null || secondMs === null || secondMs === 0 ? null : firstMs / secondMs
  return { kind: nodes.length === 0 ? 'no node' : 'layers', nodes, first, second, firstMs, secondMs, speedup }
}

function summedMs(rows: readonly LayerRow[]): number | null {
  const timed = rows.flatMap(({ timeMs }) => (timeMs === null ? [] : [timeMs]))
  return timed.length === 0 ? null : timed.reduce((sum, each) => sum + each, 0)
}

/** Nodes that one layer computes belong together (union-find). */
class NodeGroups {
  readonly #parents = new Map<string, string>()

  rootOf(node: string): string {
    let root = node
    for (let next = this.#parents.get(root); next !== undefined && next !== root; next = this.#parents.get(root)) {
      root = next
    }
    this.#parents.set(node, root)
    return root
  }

  join(nodes: readonly string[]): void {
    const [first, ...others] = nodes
    if (first === undefined) return
    const root = this.rootOf(first)
    for (const node of others) this.#parents.set(this.rootOf(node), root)
  }
}

/** `5 reformats, 0.21 ms`: what copies between formats cost; null if there are none. */
export function reformatCost(file: InspectedFile): { readonly count: number; readonly ms: number | null } | null {
  const rows = layerRows(file).filter(({ layer }) => isReformat(layer))
  return rows.length === 0 ? null : { count: rows.length, ms: summedMs(rows) }
}
