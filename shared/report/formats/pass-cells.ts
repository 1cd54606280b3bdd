// What was measured beside the rounds as cells of a case's row; the column's name has the unit. Cold starts are medians.
// Layers and the trials of the server are in the JSON alone.
import type { CaseRecord } from '../../domain/run.ts'
import { notMlperf } from '../../domain/serving.ts'
import { queryPartSchema } from '../../domain/time-split.ts'
import { median } from '../../statistics/descriptive.ts'
import { told } from '../passes/told.ts'

/** Null is an empty cell. */
export type Cell = string | number | boolean | null

type Cells = Readonly<Record<string, Cell>>

export function passCells(entry: CaseRecord): Cells {
  return {
    ...coldStartCells(entry),
    ...energyCells(entry),
    ...timeSplitCells(entry),
    ...scenarioCells(entry),
    ...limitsCells(entry),
    passes_not_measured: passReasons(entry),
  }
}

function coldStartCells({ coldStart }: CaseRecord): Cells {
  const pass = told(coldStart)
  const middle = (part: 'spawnMs' | 'importMs' | 'contextMs' | 'loadMs' | 'firstQueryMs' | 'secondQueryMs') => {
    const times = pass?.launches.flatMap((launch) => launch[part] ?? []) ?? []
    return times.length > 0 && times.length === pass?.launches.length ? median(times) : null
  }
  return {
    cold_launches: pass?.launches.length ?? null,
    cold_spawn_ms: middle('spawnMs'),
    cold_import_ms: middle('importMs'),
    cold_context_ms: middle('contextMs'),
    cold_load_ms: middle('loadMs'),
    cold_first_query_ms: middle('firstQueryMs'),
    cold_second_query_ms: middle('secondQueryMs'),
    cold_to_first_answer_ms: pass?.toFirstAnswerMs.value ?? null,
    cold_caches: pass?.caches.join('; ') ?? null,
  }
}

function energyCells({ energy }: CaseRecord): Cells {
  const pass = told(energy)
  return {
    energy_net_joules_per_image: pass?.netJoulesPerImage.value ?? null,
    energy_average_watts: pass?.averageWatts ?? null,
    energy_idle_watts: pass?.idleWatts ?? null,
    energy_block_ms: pass?.blockMs ?? null,
    energy_images: pass?.images ?? null,
    energy_boundary: pass?.boundary ?? null,
  }
}

function timeSplitCells({ timeSplit }: CaseRecord): Cells {
  const parts = told(timeSplit)?.parts ?? []
  const cells = queryPartSchema.options.flatMap((part) =>
    (['host', 'device'] as const).map((clock) => {
      const found = parts.find((time) => time.part === part && time.clock === clock)
      return [`split_${part.replaceAll('-', '_')}_${clock}_ms`, found?.medianMs ?? null] as const
    }),
  )
  const included = parts.filter((time) => time.included).map(({ part }) => part)
  return { ...Object.fromEntries(cells), split_included: parts.length === 0 ? null : [...new Set(included)].join(' ') }
}

function scenarioCells({ offline, server }: CaseRecord): Cells {
  const [all, arriving] = [told(offline), told(server)]
  return {
    offline_images_per_second: all?.imagesPerSecond ?? null,
    offline_images: all?.images ?? null,
    server_highest_rate_per_second: arriving?.highestRatePerSecond.value ?? null,
    server_latency_bound_ms: arriving?.request.latencyBoundMs ?? null,
    server_percentile: arriving?.request.percentile ?? null,
    server_trials: arriving?.trials.length ?? null,
    scenario_note: all === null && arriving === null ? null : notMlperf,
  }
}

function limitsCells({ limits }: CaseRecord): Cells {
  const pass = told(limits)
  return {
    operations_per_query: pass?.work.operations ?? null,
    bytes_per_query: pass?.work.bytes ?? null,
    operations_per_second: pass?.operationsPerSecond ?? null,
    operations_per_byte: pass?.intensity ?? null,
    peak_operations_per_second: pass?.peak.operationsPerSecond ?? null,
    peak_bytes_per_second: pass?.peak.bytesPerSecond ?? null,
    peak_source: pass?.peak.source ?? null,
    share_of_roof: pass?.shareOfRoof ?? null,
    bound_by: pass?.boundBy ?? null,
    limits_reason: pass?.reason ?? null,
  }
}

function passReasons({ coldStart, energy, timeSplit, layerTimes, offline, server, limits }: CaseRecord): string {
  return Object.entries({ coldStart, energy, timeSplit, layerTimes, offline, server, limits })
    .flatMap(([name, pass]) => (pass !== undefined && 'notMeasured' in pass ? [`${name}: ${pass.notMeasured}`] : []))
    .join('; ')
}
