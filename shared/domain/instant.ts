// A moment as records hold it: ISO 8601, UTC, `2026-11-24T06:00:00.000Z`. Only real dates pass, so that whatever reads a
// record can compare and show them.
import { z } from 'zod'

export const instantSchema = z
  .string()
  .regex(z.regexes.datetime({}), 'must be a date and time in UTC, such as 2026-11-24T06:00:00Z')
