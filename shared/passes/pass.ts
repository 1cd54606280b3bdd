// An extra measurement ("pass"), declared once: the command line, the form, the plan's schema and checks, the estimate,
// the record's field, the CSV columns and the report's section all read this. A pass measures one case at a time, in
// fresh workers, after the rounds of its group, so that it never affects the latencies. How it measures is in
// electron/runs/passes, how the window draws it in renderer/features/results/passes.
import type { z } from 'zod'
import type { BackendId } from '../domain/backend.ts'
import type { Stage } from '../domain/bench-error.ts'
import type { Device } from '../domain/device.ts'
import type { Figure, NotMeasured } from '../domain/figure.ts'
import type { Option } from '../domain/option.ts'
import type { PassTable } from './pass-section.ts'

export type Cell = string | number | boolean | null
export type Cells = Readonly<Record<string, Cell>>

/** A result that is a measurement, not a missing one. */
export type Measured<Result> = Exclude<Result, NotMeasured>

/** Where a pass would run; `backend` is null for the plan as a whole. */
export interface PassSetting {
  readonly device: Device
  readonly backend: BackendId | null
}

/** The input of the estimate of a pass of one case. Times in ms. */
export interface PassedCase {
  /** Latency of one query. */
  readonly latencyMs: number
  readonly batchSize: number
  /** Starting a worker and loading. */
  readonly loadMs: number
  readonly warmupMs: number
}

/** One case in a report about several. */
export interface PassPlace {
  /** `ONNX Runtime FP16, batch 8`. */
  readonly name: string
  /** `ONNX Runtime FP16`. */
  readonly caseName: string
  readonly caseKey: string
  readonly backend: BackendId
  readonly groupKey: string
  readonly batchSize: number
  readonly energyJoulesPerImage: Figure
}

export interface PassCase<Result> {
  readonly place: PassPlace
  readonly measured: Result
}

export interface Remark {
  readonly place: PassPlace
  readonly sentence: string
}

export interface DrawnPass {
  readonly tables: readonly PassTable[]
  /** About single cases; a sentence shared by several is printed once. */
  readonly remarks: readonly Remark[]
  /** About the tables as a whole. */
  readonly sentences?: readonly string[]
}

export interface PassDefinition<
  Field extends string = string,
  RequestSchema extends z.ZodType = z.ZodType,
  ResultSchema extends z.ZodType<object> = z.ZodType<object>,
> {
  /** Key in the case's record. */
  readonly field: Field
  /** Anchor of its section: `cold-start`. */
  readonly key: string
  readonly stage: Stage
  /** `Cold start`: title of its switch, its section and its line. */
  readonly title: string
  /** The question it answers, one sentence. */
  readonly tells: string
  /** As the plan stores it. */
  readonly requestSchema: RequestSchema
  readonly resultSchema: ResultSchema
  /** The flag that asks for the pass. */
  readonly asks: Option
  /** By the request's keys, in order. None if the request is `true`. */
  readonly fields: Readonly<Record<string, Option>>
  /** Whether `--all-passes` asks for it: every pass that needs no choice of the user's. */
  readonly isInAll: boolean
  /** Text in the form while it is on. */
  readonly formNote?: string
  /** Requests of other passes, by id, whose results it reads: measured even if the plan does not ask for them. */
  readonly takesAlong?: Readonly<Record<string, unknown>>
  /** Why it cannot be measured there, a clause that follows a colon; null if it can. */
  obstacle?(setting: PassSetting): string | null
  /** Faults that stop the plan, in addition to ranges. */
  refusals?(request: z.infer<RequestSchema>): readonly { readonly message: string; readonly remedy: string }[]
  /**
   * For one case. If the pass's length depends on what it finds, the maximum on a machine as fast as the latency says.
   */
  estimateMs(request: z.infer<RequestSchema>, passed: PassedCase): number
  /** All CSV columns, with units in their names; null if it was not measured. */
  cells(measured: Measured<z.infer<ResultSchema>> | null, entry: Readonly<Record<string, unknown>>): Cells
  /** For the terminal, after the title. */
  line(measured: Measured<z.infer<ResultSchema>>, place: Pick<PassPlace, 'energyJoulesPerImage'>): string
  readonly section: {
    /** Order of sections in the report. */
    readonly rank: number
    readonly title: string
    /** How to read it, in a sentence or two. */
    readonly note: string
    /** @param cases the measured ones, at least one. */
    draw(cases: readonly PassCase<Measured<z.infer<ResultSchema>>>[]): DrawnPass
  }
}

export function definePass<
  const Field extends string,
  RequestSchema extends z.ZodType,
  ResultSchema extends z.ZodType<object>,
>(definition: PassDefinition<Field, RequestSchema, ResultSchema>): PassDefinition<Field, RequestSchema, ResultSchema> {
  return definition
}

/** Null if the plan did not ask for it, or it could not be measured. */
export function measuredOf<Result extends object>(result: Result | undefined): Measured<Result> | null {
  return isMeasuredResult(result) ? result : null
}

function isMeasuredResult<Result extends object>(result: Result | undefined): result is Measured<Result> {
  return result !== undefined && !('notMeasured' in result)
}
