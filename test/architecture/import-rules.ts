// Who may import whom, as data. A file belongs to the first area whose prefix it has; it may import from its own area
// and from those listed. `packages` are npm packages or `node:`; where it is absent, any may be used.

export interface Area {
  readonly prefix: string
  readonly mayImport: readonly string[]
  readonly packages?: readonly string[]
}

const everySharedFolder = 'shared/'
const seams = ['shared/', 'electron/services.ts', 'electron/system/application-paths.ts']

export const areas: readonly Area[] = [
  // The two nouns that hold what passes ask and find.
  { prefix: 'shared/domain/plan.ts', mayImport: ['shared/domain/', 'shared/passes/index.ts'], packages: ['zod'] },
  { prefix: 'shared/domain/run.ts', mayImport: ['shared/domain/', 'shared/passes/index.ts'], packages: ['zod'] },
  { prefix: 'shared/domain/', mayImport: [], packages: ['zod'] },
  {
    prefix: 'shared/passes/',
    mayImport: [
      'shared/domain/',
      'shared/statistics/',
      'shared/planning/seeded-random.ts',
      'shared/report/figure-text.ts',
      'shared/report/rate-text.ts',
    ],
    packages: ['zod'],
  },
  { prefix: 'shared/statistics/', mayImport: ['shared/domain/'], packages: [] },
  {
    prefix: 'shared/planning/',
    mayImport: ['shared/domain/', 'shared/passes/', 'shared/statistics/'],
    packages: ['zod'],
  },
  { prefix: 'shared/sampling/', mayImport: ['shared/domain/'], packages: [] },
  {
    prefix: 'shared/report/',
    mayImport: ['shared/domain/', 'shared/passes/', 'shared/statistics/', 'shared/planning/launch-budget.ts'],
    packages: ['zod', 'csv-stringify', 'xmlbuilder'],
  },
  { prefix: 'shared/ipc/', mayImport: ['shared/domain/'], packages: ['zod'] },
  { prefix: 'shared/worker-protocol/', mayImport: ['shared/domain/', 'shared/passes/'], packages: ['zod'] },

  { prefix: 'renderer/api.ts', mayImport: [everySharedFolder] },
  { prefix: 'renderer/state/', mayImport: [everySharedFolder, 'renderer/api.ts', 'renderer/live/'] },
  { prefix: 'renderer/live/', mayImport: [everySharedFolder] },
  { prefix: 'renderer/format/', mayImport: [everySharedFolder] },
  { prefix: 'renderer/components/', mayImport: [everySharedFolder, 'renderer/format/'] },
  {
    prefix: 'renderer/charts/',
    mayImport: [everySharedFolder, 'renderer/format/', 'renderer/components/', 'renderer/live/'],
  },
  ...['setup', 'models', 'benchmark', 'results', 'compare', 'decide', 'runs', 'report', 'removals'].map((feature) => ({
    prefix: `renderer/features/${feature}/`,
    mayImport: [
      'renderer/features/removals/',
      everySharedFolder,
      'renderer/state/',
      'renderer/live/',
      'renderer/format/',
      'renderer/components/',
      'renderer/charts/',
    ],
  })),
  { prefix: 'renderer/', mayImport: [everySharedFolder, 'renderer/'] },

  {
    prefix: 'electron/services.ts',
    mayImport: [
      everySharedFolder,
      'electron/noise-floors/noise-floors.ts',
      'electron/sweeps/sweep-service.ts',
      'electron/system/application-paths.ts',
    ],
    packages: [],
  },
  { prefix: 'electron/turns.ts', mayImport: [], packages: [] },
  { prefix: 'electron/system/', mayImport: [...seams, 'package.json', 'electron/workers/'] },
  { prefix: 'electron/store/', mayImport: seams },
  { prefix: 'electron/sampling/', mayImport: [...seams, 'electron/workers/'] },
  {
    prefix: 'electron/inputs/',
    mayImport: [...seams, 'electron/store/', 'electron/backends/backend-driver.ts'],
  },
  {
    prefix: 'electron/workers/',
    mayImport: [
      ...seams,
      'package.json',
      'electron/system/',
      'electron/inputs/',
      'electron/models/',
      'electron/store/atomic-file.ts',
      'electron/store/free-space.ts',
      'electron/store/temporary-files.ts',
      'electron/backends/backend-driver.ts',
    ],
  },
  {
    prefix: 'electron/models/',
    mayImport: [
      ...seams,
      'electron/inputs/',
      'electron/store/',
      'electron/system/',
      'electron/workers/',
      'electron/backends/backend-driver.ts',
      'electron/backends/registry.ts',
    ],
  },
  { prefix: 'electron/backends/', mayImport: [...seams, 'electron/workers/'] },
  {
    prefix: 'electron/python-environment/',
    mayImport: [...seams, 'electron/store/', 'electron/system/', 'electron/workers/'],
  },
  {
    prefix: 'electron/runs/',
    mayImport: [
      ...seams,
      'electron/backends/backend-driver.ts',
      'electron/inputs/',
      'electron/sampling/watching.ts',
      'electron/store/run-writing.ts',
      'electron/store/run-folder.ts',
      'electron/turns.ts',
    ],
  },
  { prefix: 'electron/settling/', mayImport: seams },
  { prefix: 'electron/noise-floors/', mayImport: [...seams, 'electron/store/'] },
  {
    prefix: 'electron/sweeps/',
    mayImport: [
      ...seams,
      'electron/backends/backend-driver.ts',
      'electron/inputs/',
      'electron/runs/',
      'electron/store/',
      'electron/turns.ts',
    ],
  },
  {
    prefix: 'electron/parity/',
    mayImport: [...seams, 'electron/backends/backend-driver.ts', 'electron/inputs/', 'electron/store/'],
  },
  {
    prefix: 'electron/conversions/',
    mayImport: [
      ...seams,
      'electron/backends/backend-driver.ts',
      'electron/inputs/',
      'electron/parity/',
      'electron/store/',
      'electron/turns.ts',
    ],
  },
  { prefix: 'electron/report/', mayImport: [...seams, 'electron/content/', 'electron/store/', 'electron/window.ts'] },
  { prefix: 'electron/content/', mayImport: [everySharedFolder] },
  {
    prefix: 'electron/ipc/',
    mayImport: [
      ...seams,
      'package.json',
      'electron/content/',
      'electron/inputs/image-files.ts',
      'electron/noise-floors/noise-floors.ts',
      'electron/python-environment/torch-version.ts',
      'electron/store/atomic-file.ts',
      'electron/store/regular-file.ts',
      'electron/store/run-folder.ts',
    ],
  },
  {
    prefix: 'electron/cli/',
    mayImport: [
      ...seams,
      'electron/compose.ts',
      'electron/system/',
      'electron/store/atomic-file.ts',
      'electron/store/regular-file.ts',
      'electron/store/run-folder.ts',
      'electron/store/temporary-files.ts',
      'electron/noise-floors/noise-floors.ts',
      'electron/sweeps/sweep-service.ts',
      'electron/python-environment/tensorrt.ts',
      'electron/python-environment/torch-version.ts',
    ],
  },
  { prefix: 'electron/', mayImport: [everySharedFolder, 'electron/'] },
]

/** Only these may import `electron`, so that all the rest runs and is tested in plain Node. */
export const electronImporters: readonly RegExp[] = [
  /^electron\/(main|window|preload)\.ts$/,
  /^electron\/ipc\//,
  /^electron\/report\/pdf-[a-z-]+\.ts$/,
  /^electron\/system\//,
]

/** Only these may know charts' and screens' global, `window.enginebench`. */
export const bridgeReaders: readonly string[] = ['renderer/api.ts']

/**
 * Debt: imports that break the rules above and are still there, each with the reason. Empty is the aim; a line that is
 * no longer needed fails the test.
 */
export const debt: readonly { readonly from: string; readonly to: string; readonly reason: string }[] = []
