// The few signs that stand beside words: drawn, so that they are the same with every font.
import type { RunState } from '../../shared/domain/run.ts'

export type GlyphName = 'pass' | 'warn' | 'fail' | 'none' | 'waiting' | 'running' | 'done' | 'stopped'

const shapes: Readonly<Record<GlyphName, React.ReactNode>> = {
  pass: <path d="M1.5 5.5l2.5 2.500L8.5 2.500" fill="none" stroke="currentColor" strokeWidth="1.4" />,
  warn: <path d="M5 1L9.500 9H.5z" fill="currentColor" />,
  fail: <path d="M1.500 1.500l7 7M8.500 1.500l-7 7" fill="none" stroke="currentColor" strokeWidth="1.4" />,
  none: <path d="M2 5h6" fill="none" stroke="currentColor" strokeWidth="1.2" />,
  waiting: <circle cx="5" cy="5" r="3.500" fill="none" stroke="currentColor" strokeWidth="1.200" />,
  running: (
    <>
      <circle cx="5" cy="5" r="3.500" fill="none" stroke="currentColor" strokeWidth="1.200" />
      <path d="M5 5V1.500A3.500 3.500 0 0 1 8.500 5z" fill="currentColor" />
    </>
  ),
  done: <circle cx="5" cy="5" r="2.400" fill="currentColor" />,
  stopped: (
    <>
      <circle cx="5" cy="5" r="2.400" fill="none" stroke="currentColor" strokeWidth="1.100" />
      <path d="M5 2.600A2.400 2.400 0 0 0 5 7.400z" fill="currentColor" />
    </>
  ),
}

export function Glyph({ name, size = 10 }: { readonly name: GlyphName; readonly size?: number }) {
  return (
    <svg className="glyph" width={size} height={size} viewBox="0 0 10 10" aria-hidden="true">
      {shapes[name]}
    </svg>
  )
}

/** How a run stands, in lists. */
export function runGlyph(state: RunState): GlyphName {
  if (state === 'completed') return 'done'
  if (state === 'running' || state === 'queued') return 'running'
  return state === 'cancelled' ? 'stopped' : 'fail'
}
