// Time left, counted down between the executor's estimates.
import { useEffect, useState } from 'react'
import { clock } from '../../format/time.ts'

export function TimeLeft({ remainingMs }: { readonly remainingMs: number | null }) {
  const [shownMs, setShownMs] = useState(remainingMs)
  useEffect(() => {
    setShownMs(remainingMs)
    if (remainingMs === null) return
    const saidAt = performance.now()
    const timer = setInterval(() => setShownMs(Math.max(0, remainingMs - (performance.now() - saidAt))), 1_000)
    return () => clearInterval(timer)
  }, [remainingMs])
  if (shownMs === null) return <small>time left not known yet</small>
  return (
    <>
      {clock(shownMs)}
      <small> left</small>
    </>
  )
}
