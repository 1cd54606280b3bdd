// What must end before the app does: runs and installations, so that no process is left behind. Limited in time.
export interface QuitTasks {
  /** Returns the function that removes it from the list. */
  add(task: () => Promise<void>): () => void
  /** Runs all at once; resolves when they are done or after `limitMs`, whichever is first; never rejects. */
  finish(limitMs: number): Promise<void>
}

export function createQuitTasks(logError: (message: string, error: unknown) => void): QuitTasks {
  const tasks = new Set<() => Promise<void>>()
  return {
    add(task) {
      tasks.add(task)
      return () => tasks.delete(task)
    },
    async finish(limitMs) {
      const done = Promise.all(
        [...tasks].map((task) => task().catch((error: unknown) => logError('a task failed while quitting', error))),
      )
      let timer: ReturnType<typeof setTimeout> | undefined
      const limit = new Promise<void>((resolve) => {
        timer = setTimeout(() => {
          logError('quitting did not wait any longer', `${limitMs} ms have passed`)
          resolve()
        }, limitMs)
      })
      await Promise.race([done, limit])
      clearTimeout(timer)
    },
  }
}

/** The part of Electron's `app` needed for quitting. */
interface QuittingApp {
  on(event: 'before-quit', listener: (event: { preventDefault(): void }) => void): unknown
  exit(code: number): void
}

/** Keeps the app open until its tasks have ended; further quit requests meanwhile change nothing. */
export function endBeforeQuit(app: QuittingApp, tasks: QuitTasks, limitMs: number, onQuitting: () => void): void {
  let quitting = false
  app.on('before-quit', (event) => {
    event.preventDefault()
    if (quitting) return
    quitting = true
    onQuitting()
    void tasks.finish(limitMs).then(() => app.exit(0))
  })
}
