// Whether a window can be shown here, and how else.
import { spawnSync } from 'node:child_process'

export function hasDisplay() {
  return process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY)
}

export function hasVirtualDisplay() {
  return spawnSync('which', ['xvfb-run']).status === 0
}

/** The program and its words, on a virtual display where there is no other. */
export function onSomeDisplay(command, args) {
  if (hasDisplay()) return [command, args]
  return ['xvfb-run', ['-a', '-s', '-screen 0 1440x900x24', command, ...args]]
}

export const noDisplayText = [
  'This machine has no display, so the window cannot open.',
  'The command line needs none:  npm run enginebench -- doctor',
  '                              npm run enginebench -- run --model digits',
  'On a virtual display:         ENGINEBENCH_VIRTUAL_DISPLAY=1 npm start',
].join('\n')
