import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import {
  inCudaOrder,
  needsCudaOrder,
  parseDriverCudaVersion,
  parseGpuList,
  readNvidiaGpus,
} from '../../../electron/system/nvidia-gpus.ts'
import { temporaryFolder } from '../../fakes/temporary-folder.ts'

const mebibyte = 1024 * 1024
const root = temporaryFolder()
const h100 =
  'NVIDIA H100 80GB HBM3, 81559, 570.86.15, GPU-0a4b5c6d-1111-2222-3333-444455556666, 9.0, 700.00, 1980, 2619, Enabled, Disabled, Enabled, Disabled'
const nothingTold = {
  uuid: null,
  computeCapability: null,
  powerLimitWatts: null,
  maxSmClockMhz: null,
  maxMemoryClockMhz: null,
  persistenceMode: null,
  migMode: null,
  eccMode: null,
  driverCudaVersion: null,
  displayActive: null,
}
const h100Told = {
  name: 'NVIDIA H100 80GB HBM3',
  memoryBytes: 81559 * mebibyte,
  driver: '570.86.15',
  uuid: 'GPU-0a4b5c6d-1111-2222-3333-444455556666',
  computeCapability: '9.0',
  powerLimitWatts: 700,
  maxSmClockMhz: 1980,
  maxMemoryClockMhz: 2619,
  persistenceMode: true,
  migMode: false,
  eccMode: true,
  driverCudaVersion: '12.8',
  displayActive: false,
}

describe('the list of GPUs', () => {
  test('has each GPU of a server as it is set', () => {
    const h200 =
      'NVIDIA H200, 143771, 580.65.06, GPU-ffff0000-aaaa-bbbb-cccc-ddddeeeeffff, 9.0, 650.50, 1980, 3201, Disabled, Enabled, Disabled, Disabled'
    expect(parseGpuList(`${h100}\n${h200}\n`, '12.8')).toEqual([
      h100Told,
      {
        name: 'NVIDIA H200',
        memoryBytes: 143771 * mebibyte,
        driver: '580.65.06',
        uuid: 'GPU-ffff0000-aaaa-bbbb-cccc-ddddeeeeffff',
        computeCapability: '9.0',
        powerLimitWatts: 650.5,
        maxSmClockMhz: 1980,
        maxMemoryClockMhz: 3201,
        persistenceMode: false,
        migMode: true,
        eccMode: false,
        driverCudaVersion: '12.8',
        displayActive: false,
      },
    ])
  })

  test('has null where a desktop card under WSL tells nothing', () => {
    const line =
      'NVIDIA GeForce RTX 4070 Laptop GPU, 8188, 566.36, GPU-12345678-9abc-def0-1234-56789abcdef0, 8.9, [N/A], 3105, 8001, [Not Supported], [N/A], [N/A], Enabled'
    expect(parseGpuList(`${line}\r\n`, '12.7')).toEqual([
      {
        name: 'NVIDIA GeForce RTX 4070 Laptop GPU',
        memoryBytes: 8188 * mebibyte,
        driver: '566.36',
        uuid: 'GPU-12345678-9abc-def0-1234-56789abcdef0',
        computeCapability: '8.9',
        powerLimitWatts: null,
        maxSmClockMhz: 3105,
        maxMemoryClockMhz: 8001,
        persistenceMode: null,
        migMode: null,
        eccMode: null,
        driverCudaVersion: '12.7',
        displayActive: true,
      },
    ])
  })

  test('has null for every other fact of a GPU whose driver tells nothing, or was asked for three fields', () => {
    const errors = Array(12).fill('[Unknown Error]').join(', ')
    expect(parseGpuList(`${errors}\nNVIDIA Thor, [N/A], [N/A]\nTesla K80, 11441, 470.256.02`, null)).toEqual([
      { name: '[Unknown Error]', memoryBytes: null, driver: null, ...nothingTold },
      { name: 'NVIDIA Thor', memoryBytes: null, driver: null, ...nothingTold },
      { name: 'Tesla K80', memoryBytes: 11441 * mebibyte, driver: '470.256.02', ...nothingTold },
    ])
  })

  test('is empty without output', () => {
    expect(parseGpuList('', '12.8')).toEqual([])
  })
})

test.each([
  ['NVIDIA-SMI version  : 570.86.15\nDRIVER version      : 570.86.15\nCUDA Version        : 12.8\n', '12.8'],
  ['KMD Version         : 610.43.02\nCUDA UMD Version    : 13.3\n', '13.3'],
  ['CUDA Version        : N/A', null],
  ['Invalid combination of input arguments.', null],
])('the CUDA of a driver is read from %j', (text, version) => {
  expect(parseDriverCudaVersion(text)).toBe(version)
})

describe.skipIf(process.platform === 'win32')('asking the driver', () => {
  afterEach(() => vi.unstubAllEnvs())

  async function withDriver(name: string, script: string) {
    const folder = join(root, name)
    const file = join(folder, 'nvidia-smi')
    await mkdir(folder)
    await writeFile(file, `#!/bin/sh\n${script}\n`)
    await chmod(file, 0o755)
    vi.stubEnv('PATH', `${folder}${delimiter}${process.env.PATH}`)
  }

  test('asks for the list and the version, and for nothing of the moment', async () => {
    await withDriver(
      'new',
      `case "$*" in
--version) echo 'CUDA Version : 12.8' ;;
'--query-gpu=name,memory.total,driver_version,uuid,compute_cap,power.limit,clocks.max.sm,clocks.max.memory,persistence_mode,mig.mode.current,ecc.mode.current,display_active --format=csv,noheader,nounits') echo '${h100}' ;;
*) exit 2 ;;
esac`,
    )
    expect(await readNvidiaGpus()).toEqual([h100Told])
  })

  test('asks again for less where the driver refuses a field that it does not know', async () => {
    await withDriver(
      'old',
      `case "$*" in
*compute_cap*) echo 'Field "compute_cap" is not a valid field to query.'; exit 2 ;;
--query-gpu=*) echo 'Tesla K80, 11441, 470.256.02' ;;
*) exit 2 ;;
esac`,
    )
    expect(await readNvidiaGpus()).toEqual([
      { name: 'Tesla K80', memoryBytes: 11441 * mebibyte, driver: '470.256.02', ...nothingTold },
    ])
  })

  test('finds no GPU where the driver is not running', async () => {
    await withDriver('broken', "echo 'NVIDIA-SMI has failed because it could not reach the driver.'; exit 9")
    expect(await readNvidiaGpus()).toEqual([])
  })
})

describe("GPUs in CUDA's order", () => {
  const listed = parseGpuList(
    ['Tesla T4, 15360, 580.1, GPU-bbbb, 7.5', 'NVIDIA GeForce RTX 4090, 24564, 580.1, GPU-aaaa, 8.9'].join('\n'),
    '13.0',
  )
  const [slow, fast] = listed
  const cuda = (uuid: string | null) => ({ name: 'from CUDA', uuid, computeCapability: '8.0', memoryBytes: 1 })

  test('the driver lists by PCI address, and CUDA counts the fastest first', () => {
    expect(inCudaOrder(listed, [cuda('GPU-aaaa'), cuda('GPU-bbbb')])).toEqual([fast, slow])
  })

  test('where CUDA sees only one of two cards, that one is device 0', () => {
    expect(inCudaOrder(listed, [cuda('GPU-aaaa')])).toEqual([fast, slow])
  })

  test('a MIG instance, which only CUDA lists, comes before the board that it is part of', () => {
    expect(inCudaOrder(listed, [cuda('MIG-cccc')])).toEqual([{ ...cuda('MIG-cccc'), driver: '580.1' }, slow, fast])
  })

  test("the driver's order stays where CUDA tells nothing, or no UUID", () => {
    expect([inCudaOrder(listed, []), inCudaOrder(listed, [cuda(null)])]).toEqual([listed, listed])
  })

  test('CUDA is asked only where its order may differ', () => {
    const asked = [
      needsCudaOrder(listed, undefined),
      needsCudaOrder(listed.slice(0, 1), '1'),
      needsCudaOrder(
        listed.slice(0, 1).map((gpu) => ({ ...gpu, migMode: true })),
        undefined,
      ),
      needsCudaOrder(listed.slice(0, 1), undefined),
    ]
    expect(asked).toEqual([true, true, true, false])
  })
})
