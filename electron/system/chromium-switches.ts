// What Chromium may not do, said on its command line before it reads it: be driven from outside, and use the network.
import { app } from 'electron'

const debuggingSwitches = [
  'remote-debugging-port',
  'remote-debugging-pipe',
  'remote-debugging-address',
  'remote-allow-origins',
]

/** For the packaged app. ENGINEBENCH_DEBUGGING=on leaves the switches, for the test of the package. */
function refuseDebugging(): void {
  if (!app.isPackaged || process.env.ENGINEBENCH_DEBUGGING === 'on') return
  for (const name of debuggingSwitches) app.commandLine.removeSwitch(name)
}

/**
 * Chromium looks nothing up and connects to nothing, whatever a part of it wishes (it fetched dictionaries to check
 * spelling with). The page comes from the app's own scheme, and what the user asks of the network, pip does.
 */
function refuseNetwork(): void {
  app.commandLine.appendSwitch('host-resolver-rules', 'MAP * ~NOTFOUND')
}

/** Must be called while main.ts is loaded. */
export function closeChromium(): void {
  refuseDebugging()
  refuseNetwork()
}
