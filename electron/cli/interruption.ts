// Ctrl+C, a closed terminal and a request to end all mean cancel: the first aborts the signal, so that what is done is
// kept and no process is left. A second one ends at once what does not come to its end.
const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

export function interruptionSignal(onFirst: () => void, onSecond: () => void): AbortSignal {
  const controller = new AbortController()
  for (const name of names) {
    process.on(name, () => {
      if (controller.signal.aborted) return onSecond()
      onFirst()
      controller.abort(new Error('cancelled'))
    })
  }
  return controller.signal
}
