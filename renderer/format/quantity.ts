// Sizes, shares, durations and moments as text, with their units. Figures use the report's own text, so that both agree.

/** Sizes and shares as text, with their units. Plain figures use the report's own formatting, so that both agree. */
export function percent(share: number, digits = 1): string {
  return `${(share * 100).toFixed(digits)} %`
}

const gibibyte = 1024 ** 3

/** `6.1 GB`, `58 MB`: decimal units, as used for downloads and disks. */
export function bytes(value: number): string {
  if (value >= 1e9) return `${(value / 1e9).toFixed(1)} GB`
  if (value >= 1e6) return `${(value / 1e6).toFixed(value >= 1e7 ? 0 : 1)} MB`
  return `${Math.max(1, Math.round(value / 1e3))} kB`
}

/** `64.0 GiB`: binary units, as used for memory. */
export function gibibytes(value: number): string {
  return `${(value / gibibyte).toFixed(1)} GiB`
}

/** Durations and times as text. Times are on the user's own clock; durations are given in ms. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes}:${pad(seconds % 60)}`
  return `${Math.floor(minutes / 60)}:${pad(minutes % 60)}:${pad(seconds % 60)}`
}

/** `41 s`, `2 min 50 s`, `1 h 5 min`. */
export function duration(ms: number): string {
  if (!Number.isFinite(ms)) return 'unknown duration'
  if (ms < 9_950) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

const dayMs = 86_400_000
const month = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })

/** `today 14:02`, `yesterday 9:15`, `19 Nov 14:02`; in words if it is not a date. */
export function moment(iso: string, now = new Date()): string {
  const date = new Date(iso)
  if (Number.isNaN(date.getTime())) return 'unknown time'
  const days = Math.round((startOfDay(now) - startOfDay(date)) / dayMs)
  const time = `${date.getHours()}:${pad(date.getMinutes())}`
  if (days === 0) return `today ${time}`
  if (days === 1) return `yesterday ${time}`
  return `${month.format(date)} ${time}`
}

function startOfDay(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime()
}

function pad(value: number): string {
  return String(value).padStart(2, '0')
}
