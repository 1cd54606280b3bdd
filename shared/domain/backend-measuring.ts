// What a query of each backend means: what is timed, which settings it runs with, and what an expert of the framework
// would set instead. The guide's table and the labels and options of tuned candidates are made from these rows.
import { type BackendId, backendIds, backendLabels } from './backend.ts'

export interface MeasuringFacts {
  /** What lies between the two clock reads. */
  readonly timed: string
  /** Copies within it, and the kind of host memory. */
  readonly copies: string
  readonly threads: string
  /** How its threads wait for work during a block. Between blocks no worker's threads do. */
  readonly spinning: string
  /** Who allocates the outputs, and when. */
  readonly outputs: string
  readonly layout: string
  /** What an expert would set for one query at a time, beyond what ships. */
  readonly expert: string
  /** What the option `tuned` sets; null if the expert's settings are the shipped ones, other options, or not offered. */
  readonly tuned: string | null
  /** Where `tuned` exists, if not on every device of the backend. */
  readonly tunedOn?: 'cpu'
  /** A plan that gets the backend gets it both as shipped and tuned. */
  readonly isPairedByDefault?: true
}

const tunedTorch = 'channels last, denormals flushed to zero on a CPU, cuDNN kernels searched on a GPU'
const tunedOnnxruntime = 'denormals set to zero, work divided into blocks that shrink'

const torch = {
  timed: 'NumPy in, module, NumPy out',
  copies:
    'CPU: none. GPU: into a pinned buffer, to the GPU, back, out of a pinned buffer (`hostMemory: pageable` skips the buffers)',
  threads: '`--threads` intra-op, 1 inter-op',
  spinning: 'OpenMP, as shipped (`spinning: false` turns it off)',
  outputs: 'by PyTorch for each query; on a GPU also a copy on the host',
  layout: 'NCHW',
  expert: 'channels last, `inference_mode` (always on), flushed denormals, cuDNN search',
  tuned: tunedTorch,
} as const satisfies MeasuringFacts

const inOnePiece = 'one call of the engine with host arrays'

const rows: Readonly<Record<BackendId, MeasuringFacts>> = {
  'torch-eager': torch,
  'torch-compile': {
    ...torch,
    layout: 'NCHW; Inductor may choose another inside',
    expert: '`max-autotune`, and on a CPU freezing',
    tuned: 'mode max-autotune, and freezing on a CPU',
  },
  'torch-cudagraph': {
    ...torch,
    copies: `${torch.copies}; and on the GPU into the graph's input`,
    outputs: "the graph's own on the GPU, for each query a copy on the host",
    spinning: 'not used: the GPU computes',
    expert: 'channels last',
  },
  onnxruntime: {
    timed: 'CPU: `session.run`. GPU: input updated, run with bound memory, outputs copied',
    copies: "CPU: none. GPU: to and from pageable memory, by the provider's own copies",
    threads: '`--threads` intra-op, 1 inter-op, sequential',
    spinning: 'as shipped, but for at most 1 ms without work (`spinning: false` turns it off)',
    outputs: "by ONNX Runtime's arena for each query",
    layout: 'as in the file; blocked inside (graph optimization `all`)',
    expert:
      'the same, denormals set to zero, blocks that shrink; on a GPU a CUDA graph and NHWC, which are not offered',
    tuned: `${tunedOnnxruntime}; CPU only`,
    tunedOn: 'cpu',
  },
  'onnxruntime-node': {
    timed: '`session.run` with a turn of the event loop',
    copies: 'none',
    threads: '`--threads` intra-op, 1 inter-op, sequential',
    spinning: 'as shipped, but for at most 1 ms without work (`spinning: false` turns it off)',
    outputs: 'by ONNX Runtime for each query',
    layout: 'as in the file; blocked inside (graph optimization `all`)',
    expert: 'denormals set to zero, blocks that shrink',
    tuned: tunedOnnxruntime,
  },
  'torch-tensorrt': {
    ...torch,
    layout: 'chosen by TensorRT',
    spinning: 'not used: the GPU computes',
    expert: 'a CUDA graph around the engine, which is not offered: use TensorRT',
    tuned: null,
  },
  tensorrt: {
    timed: 'copy into the buffer, copies and engine on one stream, waiting for it, outputs copied',
    copies: 'through pinned buffers both ways (`hostMemory: pageable` copies from and to ordinary memory)',
    threads: 'not used',
    spinning: "not used: the driver's own waiting",
    outputs: 'once, when the engine is loaded; for each query a copy on the host',
    layout: 'inputs and outputs as in the file; chosen by TensorRT inside',
    expert: 'a CUDA graph',
    tuned: 'one CUDA graph of the copies and the engine',
    isPairedByDefault: true,
  },
  'tensorrt-rtx': {
    timed: inOnePiece,
    copies: "to and from pageable memory, by the provider's own copies",
    threads: 'not used',
    spinning: "not used: the driver's own waiting",
    outputs: 'by ONNX Runtime for each query',
    layout: 'chosen by TensorRT-RTX',
    expert: 'bound GPU memory and a CUDA graph, which are not offered',
    tuned: null,
  },
  'onnxruntime-tensorrt': {
    timed: 'input updated, run with bound memory, outputs copied',
    copies: "to and from pageable memory, by the provider's own copies",
    threads: 'not used',
    spinning: "not used: the driver's own waiting",
    outputs: "by ONNX Runtime's arena for each query; with a CUDA graph once, when the case is loaded",
    layout: 'chosen by TensorRT',
    expert: 'a CUDA graph',
    tuned: 'one CUDA graph of the engine, without the copies',
    isPairedByDefault: true,
  },
  openvino: {
    timed: inOnePiece,
    copies: 'none: the input is shared; outputs are views of the request',
    threads: '`--threads`, one stream',
    spinning: 'oneTBB, as shipped: it has no setting',
    outputs: 'once, when the model is compiled',
    layout: 'as in the file; blocked inside',
    expert: 'the same: the latency hint with one stream',
    tuned: null,
  },
  ultralytics: { ...torch, expert: 'convolution and normalization fused (always on), channels last' },
  simulated: {
    timed: 'nothing: latencies come from a seed',
    copies: 'none',
    threads: 'not used',
    spinning: 'not used',
    outputs: 'none',
    layout: 'none',
    expert: 'nothing',
    tuned: null,
  },
}

export const backendMeasuring = rows

export function hasTuned(backend: BackendId, device: string): boolean {
  const { tuned, tunedOn = device } = rows[backend]
  return tuned !== null && tunedOn === device
}

export function isPairedByDefault(backend: BackendId): boolean {
  return rows[backend].isPairedByDefault === true
}

/** The backend's options of a candidate: as shipped, or those an expert would set. */
export function tunedOptions(tuned: boolean): Readonly<Record<string, unknown>> {
  return tuned ? { tuned: true } : {}
}

export function isTuned({ options }: { readonly options: Readonly<Record<string, unknown>> }): boolean {
  return options.tuned === true
}

/** Options that a command line cannot name. */
export function hasFurtherOptions({ options }: { readonly options: Readonly<Record<string, unknown>> }): boolean {
  return Object.keys(options).some((name) => name !== 'tuned' || options.tuned !== true)
}

const columns = {
  timed: 'Timed',
  copies: 'Copies and their memory',
  threads: 'Threads',
  spinning: 'Spinning',
  outputs: 'Outputs are allocated',
  layout: 'Layout',
  expert: 'An expert would set',
  tuned: '`tuned` sets',
} as const satisfies Readonly<Record<Exclude<keyof MeasuringFacts, 'tunedOn' | 'isPairedByDefault'>, string>>

/** The guide's table, in Markdown. */
export function measuringTable(): string {
  const keys = Object.keys(columns) as readonly (keyof typeof columns)[]
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [
    line(['Backend', ...keys.map((key) => columns[key])]),
    line(['---', ...keys.map(() => '---')]),
    ...backendIds.map((id) => line([`**${backendLabels[id]}**`, ...keys.map((key) => rows[id][key] ?? '–')])),
  ].join('\n')
}
