import { expect, test } from 'vitest'
import { cleanedEnvironment } from '../../../electron/system/process-environment.ts'

test('what would load code into a child or point its interpreter elsewhere is dropped; the rest stays, and libraries report nothing', () => {
  const environment = {
    PATH: '/bin',
    HTTPS_PROXY: 'http://proxy.test',
    PIP_INDEX_URL: 'http://index.test',
    LD_PRELOAD: 'evil.so',
    NODE_OPTIONS: '--require evil',
    PYTHONPATH: '/evil',
    VIRTUAL_ENV: '/venv',
    npm_config_registry: 'http://registry.test',
    ELECTRON_RUN_AS_NODE: '1',
    UNSET: undefined,
  }
  expect(cleanedEnvironment(environment, { OMP_NUM_THREADS: '2' })).toEqual({
    PATH: '/bin',
    HTTPS_PROXY: 'http://proxy.test',
    PIP_INDEX_URL: 'http://index.test',
    OMP_NUM_THREADS: '2',
    ORT_DISABLE_TELEMETRY: '1',
    HF_HUB_DISABLE_TELEMETRY: '1',
    DO_NOT_TRACK: '1',
  })
})
