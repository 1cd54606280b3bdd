// The packaged app lets nobody drive its page from outside: Chromium's debugging switches are taken off the command line
// before Chromium reads them. ENGINEBENCH_DEBUGGING=on leaves them, for the test of the package.
import { app } from 'electron'

const debuggingSwitches = [
  'remote-debugging-port',
  'remote-debugging-pipe',
  'remote-debugging-address',
  'remote-allow-origins',
]

/** Must be called while main.ts is loaded. */
export function refuseDebugging(): void {
  if (!app.isPackaged || process.env.ENGINEBENCH_DEBUGGING === 'on') return
  for (const name of debuggingSwitches) app.commandLine.removeSwitch(name)
}
