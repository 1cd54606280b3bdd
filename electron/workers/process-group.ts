// Signals to a process and all that it started. A worker is spawned `detached`, so it leads a group of its own.

export function killProcessGroup(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, signal)
  } catch {
    // The group is gone already, which is what was asked.
  }
}
