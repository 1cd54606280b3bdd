// The environment variables of child processes: the user's own, without those that would load code into them or point
// an interpreter elsewhere. Proxy and pip settings stay, so that downloads use the user's configuration. Libraries are
// told to report nothing about their use: ONNX Runtime in Python sends events to its maker otherwise, also on Linux.

const dropped: ReadonlySet<string> = new Set([
  'BASH_ENV',
  'ELECTRON_RUN_AS_NODE',
  'LD_AUDIT',
  'LD_PRELOAD',
  'NODE_OPTIONS',
  'NODE_PATH',
  'PYTHONBREAKPOINT',
  'PYTHONEXECUTABLE',
  'PYTHONHOME',
  'PYTHONINSPECT',
  'PYTHONPATH',
  'PYTHONPLATLIBDIR',
  'PYTHONSTARTUP',
  'PYTHONUSERBASE',
  'VIRTUAL_ENV',
  '__PYVENV_LAUNCHER__',
])

const silent: Environment = { ORT_DISABLE_TELEMETRY: '1', HF_HUB_DISABLE_TELEMETRY: '1', DO_NOT_TRACK: '1' }

export type Environment = Readonly<Record<string, string>>

export function cleanedEnvironment(
  from: Readonly<Record<string, string | undefined>> = process.env,
  additions: Environment = {},
): Record<string, string> {
  const result: Record<string, string> = {}
  for (const [name, value] of Object.entries(from)) {
    if (value !== undefined && !dropped.has(name) && !name.startsWith('DYLD_') && !name.startsWith('npm_')) {
      result[name] = value
    }
  }
  return { ...result, ...silent, ...additions }
}
