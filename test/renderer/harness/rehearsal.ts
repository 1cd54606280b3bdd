// Opens the real window code on a made-up application: `?scenario=results-full&theme=light`. Never shipped.
import '../../../renderer/validation.ts'

// Whatever makes a schema loads after it was said that none may be compiled.
const { demonstrationCases, eightCases } = await import('../example-answers.ts')
const { gpuSamples } = await import('../example-passes.ts')
const { raceRounds, raceStart } = await import('../live-race.ts')
const { scenarios } = await import('../scenarios.ts')

const asked = new URLSearchParams(location.search)
const name = asked.get('scenario') ?? 'benchmark-first'
const scenario = scenarios[name]?.()
if (!scenario) throw new Error(`There is no scenario ${name}.`)
const theme = asked.get('theme') === 'light' ? 'light' : 'dark'
const { bridge } = scenario
const staged = {
  ...bridge,
  request: (request: string, payload: never) =>
    request === 'settings:read'
      ? bridge
          .request(request, payload)
          .then((answer) => (answer.ok ? { ...answer, value: { ...Object(answer.value), theme } } : answer))
      : bridge.request(request as never, payload),
}
Object.assign(window, { enginebench: staged, rehearsal: bridge })
location.hash = scenario.path
document.addEventListener('securitypolicyviolation', (event) => {
  console.error(
    `policy violation: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`,
  )
})
await import('../../../renderer/main.tsx')

if (name === 'benchmark-live' || name === 'benchmark-many' || name === 'benchmark-gpu') {
  const many = name !== 'benchmark-live'
  const race = {
    cases: many ? eightCases : demonstrationCases,
    launches: many ? 3 : 2,
    rounds: 12,
    samplesPerBlock: 200,
    seed: 7,
    gpu: name === 'benchmark-gpu' ? gpuSamples(1)[0]?.gpu : null,
  }
  bridge.emit('run:progressed', { runId: 'live', events: raceStart(race) })
  const rounds = { 'benchmark-live': 19, 'benchmark-many': 19, 'benchmark-gpu': 38 }[name]
  for (const events of raceRounds(race, rounds)) bridge.emit('run:progressed', { runId: 'live', events })
  if (name === 'benchmark-gpu') {
    const stage = { stage: 'cold-start', groupKey: 'clip-b1', caseKey: 'tensorrt-fp16', fraction: 0.6 } as const
    const message = 'Process 3 of 5, to its first answer'
    bridge.emit('run:progressed', { runId: 'live', events: [{ kind: 'stage', ...stage, message }] })
  }
}
if (name === 'setup-busy') {
  bridge.emit('python:progressed', {
    environment: 'main',
    steps: [
      { name: 'Python 3.12 found', state: 'done', elapsedMs: 90, detail: null },
      { name: 'Environment made', state: 'done', elapsedMs: 1_400, detail: null },
      { name: 'torch 2.13.0', state: 'running', elapsedMs: 12_000, detail: '112 of 186 MB' },
      { name: 'onnxruntime 1.32', state: 'waiting', elapsedMs: null, detail: null },
      { name: 'Every backend asked', state: 'waiting', elapsedMs: null, detail: null },
    ],
    line: 'Downloading torch-2.13.0+cpu-cp312-cp312-linux_x86_64.whl',
    outcome: null,
    error: null,
  })
}
/** Buttons that a scenario presses once they are there, by the start of their name. */
const presses: Readonly<Record<string, readonly string[]>> = {
  'models-int8': ['CLIP ViT-B/32, INT8'],
  'models-convert': ['Add precision', 'INT8'],
  'models-log': ['DETR ResNet-50, FP16', 'Log'],
  'models-table': ['Table'],
  'setup-install-engine': ['Install'],
  'benchmark-artifact': ['CLIP ViT-B/32, FP16', 'Benchmark'],
}
for (const wanted of presses[name] ?? []) {
  await new Promise((go) => setTimeout(go, 120))
  const buttons = [...document.querySelectorAll('button')]
  buttons
    .find((button) => !button.disabled && (button.ariaLabel ?? button.textContent ?? '').startsWith(wanted))
    ?.click()
}
if (name === 'models-full') {
  bridge.emit('conversion:progressed', {
    events: [
      {
        kind: 'step-progressed',
        conversionId: 'detr-1',
        step: 'engine',
        fraction: 0.41,
        text: '2 of 5, tactic profiling',
        phases: [{ name: 'Tactic profiling', depth: 0, done: 356, total: 522 }],
        elapsedMs: 72_000,
      },
      {
        kind: 'logged',
        conversionId: 'detr-1',
        step: 'engine',
        entries: [
          { level: 'verbose', text: '/transformer/decoder/layers.3/self_attn: 9 tactics, best 0.041 ms', count: 1 },
        ],
      },
    ],
  })
}
