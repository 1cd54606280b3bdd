export interface Counts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}
export function countsOfVitest(text: string): Counts | null
export function countsOfPytest(text: string): Counts | null
export function countsOfPlaywright(text: string): Counts | null
export function countsOfExitCode(code: number): Counts
export function countsLine(counts: Counts): string
