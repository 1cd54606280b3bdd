// Time by layer, from ONNX Runtime's own profiler: a second session with it on, whose trace is read back and removed.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { BenchError } from '../../../shared/domain/bench-error.ts'
import { type LayerTime, mostLayers } from '../../../shared/passes/layers.ts'
import { median } from '../../../shared/statistics/descriptive.ts'
import type { RequestResult } from '../../../shared/worker-protocol/requests.ts'
import { inTemporaryFolder } from '../../store/temporary-files.ts'
import { rotatingQuery } from './inputs.ts'
import type { SessionCase } from './session.ts'
import { checkedOptions, loadFailure, optionsSchema, sessionSettings } from './session-settings.ts'

export type LayerProfile = RequestResult<'profile-layers'>

const warmupQueries = 3
/** The profiler drops events beyond this count. */
const mostEvents = 1_000_000

const traceSchema = z.array(
  z.object({
    cat: z.string().optional(),
    name: z.string(),
    /** Whole microseconds. */
    dur: z.number().optional(),
    args: z.object({ op_name: z.string().optional() }).optional(),
  }),
)
export type Trace = z.infer<typeof traceSchema>

/** Null if it was cancelled between two queries. */
export async function profileLayers(
  { workerCase, file, feeds }: SessionCase,
  queries: number,
  onQuery: () => void,
  isCancelled: () => boolean,
): Promise<LayerProfile | null> {
  return inTemporaryFolder('profile', async (folder) => {
    const { InferenceSession } = await import('onnxruntime-node')
    const session = await InferenceSession.create(file, {
      ...sessionSettings(workerCase.threads, checkedOptions(optionsSchema, workerCase.options)),
      enableProfiling: true,
      profileFilePrefix: join(folder, 'trace'),
    }).catch((error: unknown) => {
      throw loadFailure(error)
    })
    const query = rotatingQuery(session, feeds)
    for (let index = 0; index < queries + warmupQueries; index += 1) {
      await query()
      onQuery()
      if (isCancelled()) return null
    }
    session.endProfiling()
    const [traceFile = ''] = await readdir(folder)
    return layersOf(traceSchema.parse(JSON.parse(await readFile(join(folder, traceFile), 'utf8'))), queries)
  })
}

export function layersOf(trace: Trace, queries: number): LayerProfile {
  const durations = new Map<string, { readonly operator: string; readonly us: number[] }>()
  for (const { cat, name, dur, args } of trace) {
    const operator = args?.op_name
    if (cat !== 'Node' || dur === undefined || operator === undefined || !name.endsWith('_kernel_time')) continue
    const layer = durations.get(name) ?? { operator, us: [] }
    durations.set(name, layer)
    layer.us.push(dur)
  }
  if (durations.size === 0) throw notProfiled("ONNX Runtime's profiler reported no layer times.")
  if (trace.length >= mostEvents) throw notProfiled('The profile is too long to be complete: ask for fewer queries.')
  const layers = [...durations].map(([name, { operator, us }]): LayerTime => {
    return { name: name.slice(0, -'_kernel_time'.length), operator, timeMs: ofOneQuery(us, queries) }
  })
  layers.sort((left, right) => right.timeMs - left.timeMs)
  const others = layers.slice(mostLayers)
  return {
    method: 'ONNX Runtime’s profiler: the kernel of each node, in whole microseconds',
    layers: layers.slice(0, mostLayers),
    otherLayers: others.length,
    otherMs: others.reduce((sum, { timeMs }) => sum + timeMs, 0),
  }
}

/** The median over queries; if a node runs more than once per query (a loop), the mean of the sums. Without warm-up. */
function ofOneQuery(us: readonly number[], queries: number): number {
  const all = queries + warmupQueries
  if (us.length === all) return median(us.slice(warmupQueries)) / 1000
  const warmup = Math.floor((us.length * warmupQueries) / all)
  return us.slice(warmup).reduce((sum, each) => sum + each, 0) / queries / 1000
}

function notProfiled(message: string): BenchError {
  return new BenchError({
    code: 'inference-failed',
    stage: 'layers',
    message,
    remedy: 'Profile the layers on another backend, or leave them out.',
  })
}
