// What the parity limits let through, as a table of planted faults and one of harmless changes, each over every kind of
// model and three precisions. Outputs are made here: 24 images, and a candidate as near as its precision comes.
import { afterAll, describe, expect, test } from 'vitest'
import type { ModelManifest } from '../../../shared/domain/model.ts'
import { seededRandom } from '../../../shared/planning/seeded-random.ts'
import type { OutputArray } from '../../../shared/statistics/output-array.ts'
import { type JudgedParity, judgeParity, type Tolerance } from '../../../shared/statistics/parity.ts'
import { parityFiguresOf } from '../../../shared/statistics/parity-figures.ts'

const imageCount = 24
type Outputs = readonly OutputArray[]

const precisions: Readonly<Record<string, { readonly tolerance: Tolerance; readonly noise: number }>> = {
  fp32: { tolerance: { cosinePass: 0.99999, cosineWarn: 0.9999, maxAbsPass: null }, noise: 1e-6 },
  fp16: { tolerance: { cosinePass: 0.999, cosineWarn: 0.99, maxAbsPass: null }, noise: 5e-4 },
  int8: { tolerance: { cosinePass: 0.99, cosineWarn: 0.95, maxAbsPass: null }, noise: 0.02 },
}

/** Which values of which output mean what. */
type Part = 'box' | 'score' | 'class' | 'value'

interface Kind {
  readonly postprocessing: ModelManifest['postprocessing']
  readonly outputs: Outputs
  readonly partOf: (output: number, place: number) => Part
  /** Units of a box's edge that are one pixel. */
  readonly pixel: number
  /** What rounding moves: all but classes, each beside the spread of its part. */
  readonly spread: Readonly<Record<Part, number>>
  readonly labels?: readonly number[]
}

const random = seededRandom(11)
const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
const made = (
  name: string,
  rowShape: readonly number[],
  value: (image: number, place: number) => number,
): OutputArray => {
  const length = rowShape.reduce((product, size) => product * size, 1)
  const values = Float32Array.from({ length: imageCount * length }, (_, index) =>
    value(Math.floor(index / length), index % length),
  )
  return { name, shape: [imageCount, ...rowShape], values }
}
const spread = { box: 1, score: 1, class: 0, value: 1 }
const scores = (): Pick<Kind, 'partOf' | 'pixel'> => ({ partOf: () => 'score', pixel: 0 })

const logits = made('logits', [10], () => 3 * normal())
const winners = Array.from({ length: imageCount }, (_, image) => {
  const row = Array.from(logits.values).slice(image * 10, image * 10 + 10)
  return row.indexOf(Math.max(...row))
})
const softmax = made('probabilities', [10], (image, place) => {
  const row = Array.from(logits.values).slice(image * 10, image * 10 + 10)
  return Math.exp(row[place] ?? 0) / row.reduce((sum, value) => sum + Math.exp(value), 0)
})
const shared = Array.from({ length: 64 }, normal)

/** Three to six objects an image, in pixels of 640. */
const objects = Array.from({ length: imageCount }, () =>
  Array.from({ length: 3 + Math.floor(random() * 4) }, (_, index) => ({
    x: 60 + 100 * index + 20 * random(),
    y: 100 + 400 * random(),
    width: 50 + 40 * random(),
    height: 50 + 80 * random(),
    score: 0.55 + 0.4 * random(),
    label: Math.floor(random() * 5),
  })),
)
const anchors = 64
const yolo = made('output0', [9, anchors], (image, place) => {
  const [row, anchor] = [Math.floor(place / anchors), place % anchors]
  const object = objects[image]?.[anchor]
  if (object === undefined) return row < 4 ? 20 + 600 * random() : 0.05 * random()
  if (row >= 4) return row - 4 === object.label ? object.score : 0.02 * random()
  return [object.x, object.y, object.width, object.height][row] ?? 0
})
const list = made('detections', [20, 6], (image, place) => {
  const object = objects[image]?.[Math.floor(place / 6)]
  if (object === undefined) return 0
  const { x, y, width, height, score, label } = object
  return [x - width / 2, y - height / 2, x + width / 2, y + height / 2, score, label][place % 6] ?? 0
})
const setLogits = made('logits', [20, 6], (image, place) => {
  const object = objects[image]?.[Math.floor(place / 6)]
  if (object === undefined) return place % 6 === 5 ? 6 + random() : random()
  return place % 6 === object.label ? Math.log((5 * object.score) / (1 - object.score)) : 0.01 * random()
})
const setBoxes = made('pred_boxes', [20, 4], (image, place) => {
  const object = objects[image]?.[Math.floor(place / 4)]
  if (object === undefined) return random()
  return ([object.x, object.y, object.width, object.height][place % 4] ?? 0) / 640
})

const kinds: Readonly<Record<string, Kind>> = {
  classifier: {
    ...scores(),
    postprocessing: 'top-1',
    outputs: [logits],
    spread: { ...spread, score: 3 },
    labels: winners,
  },
  'classifier with a large offset': {
    ...scores(),
    postprocessing: 'none',
    outputs: [made('logits', [100], () => 50 + normal())],
    spread,
  },
  probabilities: { ...scores(), postprocessing: 'none', outputs: [softmax], spread: { ...spread, score: 0.3 } },
  embedding: {
    postprocessing: 'embedding',
    outputs: [made('embeds', [64], (_, place) => (shared[place] ?? 0) + normal())],
    partOf: () => 'value',
    pixel: 0,
    spread,
  },
  'one number': {
    postprocessing: 'none',
    outputs: [made('age', [1], () => 20 + 60 * random())],
    partOf: () => 'value',
    pixel: 0,
    spread: { ...spread, value: 17 },
  },
  'class numbers': {
    postprocessing: 'none',
    outputs: [made('label', [], (image) => image % 7)],
    partOf: () => 'class',
    pixel: 0,
    spread,
  },
  masks: {
    postprocessing: 'none',
    outputs: [made('mask', [16, 16], (image, place) => ((place + 3 * image) % 37 < 9 + image ? 1 : 0))],
    partOf: () => 'class',
    pixel: 0,
    spread,
  },
  'boxes and scores of its own file': {
    postprocessing: 'none',
    outputs: [yolo],
    partOf: (_, place) => (place < 4 * anchors ? 'box' : 'score'),
    pixel: 1,
    spread: { ...spread, box: 40, score: 0.3 },
  },
  YOLO: {
    postprocessing: 'yolo-detection',
    outputs: [yolo],
    partOf: (_, place) => (place < 4 * anchors ? 'box' : 'score'),
    pixel: 1,
    spread: { ...spread, box: 40, score: 0.3 },
  },
  'set of boxes': {
    postprocessing: 'set-detection',
    outputs: [setLogits, setBoxes],
    partOf: (output) => (output === 0 ? 'score' : 'box'),
    pixel: 1 / 640,
    spread: { ...spread, box: 0.06, score: 3 },
  },
  'list of boxes': {
    postprocessing: 'none',
    outputs: [list],
    partOf: (_, place) => (['box', 'box', 'box', 'box', 'score', 'class'] as const)[place % 6] ?? 'class',
    pixel: 1,
    spread: { ...spread, box: 40, score: 0.3 },
  },
}

type Change = (
  value: number,
  at: { readonly image: number; readonly place: number; readonly part: Part; readonly output: number },
) => number

function changed(kind: Kind, outputs: Outputs, change: Change): Outputs {
  return outputs.map((array, output) => {
    const length = array.values.length / imageCount
    const values = Float32Array.from(array.values, (value, index) => {
      const place = index % length
      return change(value, { image: Math.floor(index / length), place, part: kind.partOf(output, place), output })
    })
    return { ...array, values }
  })
}

/** As near as a right conversion comes. Places without an object stay as they are in lists: they are padding. */
function rounded(kind: Kind, noise: number): Outputs {
  return changed(kind, kind.outputs, (value, { part }) =>
    value === 0 || part === 'class'
      ? value
      : value +
        noise * kind.spread[part] * normal() * (noise > 1e-3 ? 1 : Math.max(1, Math.abs(value) / kind.spread[part])),
  )
}

const valueAt = (kind: Kind, output: number, image: number, place: number) => {
  const values = kind.outputs[output]?.values ?? []
  return values[image * (values.length / imageCount) + place] ?? 0
}
const meanAt = (kind: Kind, output: number, place: number) =>
  Array.from({ length: imageCount }, (_, image) => valueAt(kind, output, image, place)).reduce(
    (sum, value) => sum + value,
    0,
  ) / imageCount
const largestScore = (kind: Kind, output: number) => {
  const values = kind.outputs[output]?.values ?? []
  const length = values.length / imageCount
  return Array.from(values).reduce((largest, value, index) => {
    const part = kind.partOf(output, index % length)
    return part === 'score' || part === 'value' ? Math.max(largest, value) : largest
  }, 0)
}

const hasPart = (kind: Kind, ...parts: readonly Part[]) =>
  kind.outputs.some(({ values }, output) =>
    Array.from({ length: values.length / imageCount }, (_, place) => kind.partOf(output, place)).some((part) =>
      parts.includes(part),
    ),
  )

interface Planted {
  /** Null where a model of this kind cannot have it. */
  readonly change: (kind: Kind) => Change | null
  /** Whether a warning is not enough. */
  readonly breaks: boolean
}

const measured = (kind: Kind) => hasPart(kind, 'score', 'value')
const faults: Readonly<Record<string, Planted>> = {
  'two images swapped': {
    change:
      (kind) =>
      (value, { image, place, output }) =>
        image === 3 ? valueAt(kind, output, 4, place) : image === 4 ? valueAt(kind, output, 3, place) : value,
    breaks: true,
  },
  'one image wrong': {
    change:
      (kind) =>
      (value, { image, place, output }) =>
        image === 5 ? valueAt(kind, output, 11, place) : value,
    breaks: true,
  },
  'boxes moved by 3 pixels': {
    change: (kind) =>
      hasPart(kind, 'box') ? (value, { part, place, output }) => movedBox(kind, value, part, place, output) : null,
    breaks: false,
  },
  'scores times 0.9': { change: (kind) => (measured(kind) ? scaledBy(0.9) : null), breaks: false },
  'scores times 1.1': { change: (kind) => (measured(kind) ? scaledBy(1.1) : null), breaks: false },
  'the same for every image': {
    change:
      (kind) =>
      (_, { place, output, part }) =>
        part === 'class' ? Math.round(meanAt(kind, output, place)) : meanAt(kind, output, place),
    breaks: true,
  },
  'NaN on one image': {
    change:
      () =>
      (value, { image }) =>
        image === 7 ? Number.NaN : value,
    breaks: true,
  },
  'saturated at half': {
    change: (kind) => {
      if (!measured(kind)) return null
      const limits = kind.outputs.map((_, output) => largestScore(kind, output) / 2)
      return (value, { output, part }) =>
        part === 'score' || part === 'value' ? Math.min(value, limits[output] ?? 0) : value
    },
    breaks: false,
  },
  'a constant in place of epsilon': { change: (kind) => (measured(kind) ? scaledBy(1 / 6) : null), breaks: true },
  'scores lost': {
    change: (kind) =>
      hasPart(kind, 'score') && hasPart(kind, 'box') ? (value, { part }) => (part === 'score' ? 0 : value) : null,
    breaks: true,
  },
}

const scaledBy =
  (factor: number): Change =>
  (value, { part }) =>
    part === 'score' || part === 'value' ? value * factor : value

/** Centres or corners: to the right and down. Widths and heights stay. */
function movedBox(kind: Kind, value: number, part: Part, place: number, output: number): number {
  if (part !== 'box' || value === 0) return value
  const rowShape = kind.outputs[output]?.shape.slice(1) ?? []
  const isAnchored = rowShape[1] === anchors
  const column = isAnchored ? Math.floor(place / anchors) : place % (rowShape[1] ?? 1)
  return rowShape[1] === 6 || column < 2 ? value + 3 * kind.pixel : value
}

const harmless: Readonly<Record<string, (kind: Kind) => { change: Change; reference?: Change } | null>> = {
  'as near as the precision comes': () => ({ change: (value) => value }),
  'every value moved by the same': (kind) =>
    kind.outputs[0]?.shape.length === 2 && hasPart(kind, 'score') ? { change: (value) => value + 5 } : null,
  'minus infinity in both': (kind) => {
    const masked: Change = (value, { place }) => (place % 10 > 7 ? Number.NEGATIVE_INFINITY : value)
    return kind.outputs[0]?.shape.length === 2 && kind.spread.score >= 1 && hasPart(kind, 'score')
      ? { change: masked, reference: masked }
      : null
  },
  'boxes in another order': (kind) =>
    kind.outputs[0] === list
      ? { change: (_, { image, place, output }) => valueAt(kind, output, image, (place + 12) % 120) }
      : null,
}

function judged(kind: Kind, tolerance: Tolerance, reference: Outputs, candidate: Outputs): JudgedParity {
  const task = {
    postprocessing: kind.postprocessing,
    ...(kind.postprocessing.endsWith('detection') && { scoreThreshold: 0.5, input: { width: 640, height: 640 } }),
  }
  const figures = parityFiguresOf(task, reference, candidate, { photographs: null, labels: kind.labels ?? null })
  return judgeParity(figures, tolerance)
}

const table: string[][] = []

describe.each(Object.entries(faults))('the fault "%s"', (fault, { change, breaks }) => {
  test.each(Object.entries(kinds))('is caught in %s', (name, kind) => {
    const plant = change(kind)
    if (plant === null) return
    const verdicts = Object.entries(precisions).map(([precision, { tolerance, noise }]) => {
      const { verdict, reason } = judged(kind, tolerance, kind.outputs, changed(kind, rounded(kind, noise), plant))
      return { precision, verdict, reason }
    })
    table.push([fault, name, ...verdicts.map(({ verdict }) => verdict), verdicts.at(-1)?.reason ?? ''])
    // A class or a mask that another image's stands for may be what INT8 rounds to: there a warning is all.
    const mayWarn = !breaks || !measured(kind)
    const enough = mayWarn ? ['warn', 'fail'] : ['fail']
    expect(verdicts.filter(({ verdict }) => !enough.includes(verdict))).toEqual([])
  })
})

describe.each(Object.entries(harmless))('the harmless change "%s"', (change, of) => {
  test.each(Object.entries(kinds))('passes, or is a warning with its reason, in %s', (name, kind) => {
    const plant = of(kind)
    if (plant === null) return
    const verdicts = Object.entries(precisions).map(([precision, { tolerance, noise }]) => {
      const reference = plant.reference ? changed(kind, kind.outputs, plant.reference) : kind.outputs
      const { verdict, reason } = judged(kind, tolerance, reference, changed(kind, rounded(kind, noise), plant.change))
      return { precision, verdict, reason }
    })
    table.push([change, name, ...verdicts.map(({ verdict }) => verdict), verdicts.at(-1)?.reason ?? ''])
    // Among ten scores a near tie may end the other way: that is told, and no more.
    expect(verdicts.filter(({ verdict }) => verdict !== 'pass' && verdict !== 'warn')).toEqual([])
    const warned = verdicts.filter(({ verdict, reason }) => verdict === 'warn' && !/top-1|values .* times/.test(reason))
    expect(warned).toEqual([])
  })
})

afterAll(() => {
  const rows = [['change', 'model', ...Object.keys(precisions), 'reason in INT8'], ...table]
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
  const text = rows.map((row) =>
    row.map((cell, column) => cell.padEnd(column === row.length - 1 ? 0 : (widths[column] ?? 0))).join('  '),
  )
  process.stdout.write(`${text.join('\n')}\n`)
})
