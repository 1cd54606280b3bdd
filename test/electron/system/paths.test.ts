import { expect, test } from 'vitest'
import { resolvePaths, shippedFolderOf } from '../../../electron/system/paths.ts'

const sources = { applicationFolder: '/app', shippedFolder: '/shipped', environment: {}, home: '/h' }

test('on Linux everything of the user lies in one folder under the data home', () => {
  expect(resolvePaths({ ...sources, platform: 'linux' })).toEqual({
    dataFolder: '/h/.local/share/enginebench',
    runsFolder: '/h/.local/share/enginebench/runs',
    cacheFolder: '/h/.local/share/enginebench/cache',
    artifactsFolder: '/h/.local/share/enginebench/artifacts',
    conversionsFolder: '/h/.local/share/enginebench/conversions',
    noiseFloorsFolder: '/h/.local/share/enginebench/noise-floors',
    sweepsFolder: '/h/.local/share/enginebench/sweeps',
    environmentsFolder: '/h/.local/share/enginebench/environments',
    logsFolder: '/h/.local/share/enginebench/logs',
    modelsFolder: '/shipped/models',
    samplesFolder: '/shipped/models/samples',
    pythonPackageFolder: '/shipped/electron/python',
    nodeWorkerFile: '/app/out/workers/onnxruntime-node-worker.cjs',
    samplingWorkerFile: '/app/out/workers/sampling-worker.cjs',
    commandLine: 'npm run enginebench --',
  })
})

test.each([
  ['linux', { XDG_DATA_HOME: '/x' }, '/x/enginebench'],
  ['darwin', {}, '/h/Library/Application Support/enginebench'],
  ['linux', { ENGINEBENCH_HOME: '/mine', XDG_DATA_HOME: '/x' }, '/mine'],
] as const)('on %s with %o the data folder is %s', (platform, environment, dataFolder) => {
  expect(resolvePaths({ ...sources, platform, environment }).dataFolder).toBe(dataFolder)
})

test('the command line of a packaged app finds models and the Python package beside its unpacked files', () => {
  expect({
    clone: shippedFolderOf('/somewhere/enginebench'),
    packaged: shippedFolderOf('/usr/lib/enginebench/resources/app.asar.unpacked'),
  }).toEqual({ clone: '/somewhere/enginebench', packaged: '/usr/lib/enginebench/resources' })
})

test.each([
  '/usr/lib/enginebench/resources/app.asar',
  '/usr/lib/enginebench/resources/app.asar.unpacked',
  '/usr/local/lib/node_modules/enginebench',
])('installed as %s, the command line is called by its name', (applicationFolder) => {
  expect(resolvePaths({ ...sources, platform: 'linux', applicationFolder }).commandLine).toBe('enginebench')
})
