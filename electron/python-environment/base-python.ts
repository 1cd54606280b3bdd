// Finds the Python that makes an environment: the named one, else the first on PATH that is new enough and can make
// virtual environments. Throws `python-unavailable` with what was found and what is missing.
import { z } from 'zod'
import { BenchError } from '../../shared/domain/bench-error.ts'
import { runPython } from './python-process.ts'

export interface BasePython {
  readonly interpreter: string
  /** `3.11.7`. */
  readonly version: string
}

const oldestMinor = 10
const namesOnPath = ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python']

const probeProgram = [
  'import importlib.util as u, json, sys',
  'print(json.dumps({"interpreter": sys.executable, "version": sys.version_info[:3],',
  '  "missing": [m for m in ("venv", "ensurepip") if u.find_spec(m) is None]}))',
].join('\n')

const probeSchema = z.object({
  interpreter: z.string().min(1),
  version: z.tuple([z.number(), z.number(), z.number()]),
  missing: z.array(z.string()),
})
type Probe = z.infer<typeof probeSchema>

/** @param isPreferred of several on PATH, one of such a minor version of Python 3. */
export async function findBasePython(
  named: string | null,
  signal?: AbortSignal,
  isPreferred: (minor: number) => boolean = () => true,
): Promise<BasePython> {
  const unfit: Probe[] = []
  let second: BasePython | null = null
  for (const name of named === null ? namesOnPath : [named]) {
    const probe = await probePython(name, signal)
    if (probe && isFit(probe)) {
      const found = { interpreter: probe.interpreter, version: probe.version.join('.') }
      if (isPreferred(probe.version[1])) return found
      second ??= found
    } else if (probe) unfit.push(probe)
  }
  if (second !== null) return second
  throw explain(named, unfit)
}

async function probePython(name: string, signal: AbortSignal | undefined): Promise<Probe | null> {
  const answer = await runPython(name, ['-c', probeProgram], { timeoutMs: 20_000, ...(signal ? { signal } : {}) })
  if (answer.exitCode !== 0) return null
  try {
    return probeSchema.parse(JSON.parse(answer.stdout))
  } catch {
    return null
  }
}

const isNewEnough = ({ version: [major, minor] }: Probe) => major === 3 && minor >= oldestMinor
const isFit = (probe: Probe) => isNewEnough(probe) && probe.missing.length === 0

function explain(named: string | null, unfit: readonly Probe[]): BenchError {
  const incomplete = unfit.find(isNewEnough)
  if (incomplete) {
    const [major, minor] = incomplete.version
    return unavailable(
      `Python ${incomplete.version.join('.')} (${incomplete.interpreter}) cannot make virtual environments: ${incomplete.missing.join(' and ')} is missing.`,
      `Install it (on Debian and Ubuntu: apt install python${major}.${minor}-venv), then try again.`,
    )
  }
  const old = unfit[0]
  if (old) {
    return unavailable(
      `Python ${old.version.join('.')} (${old.interpreter}) is too old: 3.${oldestMinor} or newer is needed.`,
      `Install Python 3.${oldestMinor} or newer, or name one: setup python --python INTERPRETER.`,
    )
  }
  return unavailable(
    named === null ? 'No Python was found on PATH.' : `${named} is not a Python that starts.`,
    `Install Python 3.${oldestMinor} or newer, or name one: setup python --python INTERPRETER.`,
  )
}

function unavailable(message: string, remedy: string): BenchError {
  return new BenchError({ code: 'python-unavailable', stage: 'setup', message, remedy })
}
