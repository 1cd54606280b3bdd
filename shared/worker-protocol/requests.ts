// Every request that a worker answers, one entry each: its parameters, its result, its stage and how long a worker may
// take. The wire format, the supervisor, both workers' types and Python's dataclasses derive from this table. Units:
// milliseconds, nanoseconds, bytes. Tensors are not sent: they are .npy files named by absolute path. Absolute host
// times are CLOCK_MONOTONIC nanoseconds (perf_counter_ns, process.hrtime.bigint), the same clock in every process of
// this machine; the recorder turns them into time since the start of the run.
import type { z } from 'zod'
import { caseRequests } from './case-requests.ts'
import { taskRequests } from './task-requests.ts'

export const requests = { ...taskRequests, ...caseRequests }

type Requests = typeof requests
export type RequestName = keyof Requests
export type RequestParameters<Name extends RequestName> = z.infer<Requests[Name]['parameters']>
export type RequestResult<Name extends RequestName> = z.infer<Requests[Name]['result']>
