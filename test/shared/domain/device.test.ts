import { expect, test } from 'vitest'
import { deviceKey, deviceKindOf, deviceSchema, deviceWords, gpuOf, visibleGpu } from '../../../shared/domain/device.ts'
import type { Gpu } from '../../../shared/domain/fingerprint.ts'

const fast: Gpu = { name: 'NVIDIA GeForce RTX 4090', memoryBytes: 24, driver: '580.1', uuid: 'GPU-aaaaaaaa-0000' }
const slow: Gpu = { name: 'Tesla T4', memoryBytes: 16, driver: '580.1', uuid: 'GPU-bbbbbbbb-0000' }
const unnamed: Gpu = { ...slow, uuid: null }
const instance = 'MIG-cccccccc-0000'

test('plans of earlier versions say cpu or cuda, and newer ones may name a card', () => {
  const named = ['cpu', 'cuda', 'cuda:1', 'GPU-bbbbbbbb-0000', instance, 'MIG-GPU-bbbbbbbb-0000/1/0']
  expect(named.filter((device) => deviceSchema.safeParse(device).success)).toEqual(named)
  const wrong = ['gpu', 'cuda:', 'cuda:-1', 'cuda 1', '', 'GPU-', 'GPU-a;b']
  expect(wrong.filter((device) => deviceSchema.safeParse(device).success)).toEqual([])
})

test.each([
  ['cpu', 'cpu', null, null, 'cpu', 'cpu'],
  ['cuda', 'cuda', fast, fast.uuid, 'cuda', 'cuda (NVIDIA GeForce RTX 4090, GPU-aaaaaaaa-0000)'],
  ['cuda:0', 'cuda', fast, fast.uuid, 'cuda0', 'cuda:0 (NVIDIA GeForce RTX 4090, GPU-aaaaaaaa-0000)'],
  ['cuda:1', 'cuda', slow, slow.uuid, 'cuda1', 'cuda:1 (Tesla T4, GPU-bbbbbbbb-0000)'],
  ['cuda:2', 'cuda', null, '2', 'cuda2', 'cuda:2'],
  [slow.uuid, 'cuda', slow, slow.uuid, 'gpu-bbbbbbbb', `${slow.uuid} (Tesla T4, ${slow.uuid})`],
  [instance, 'cuda', null, instance, 'mig-cccccccc', instance],
] as const)(
  '%s means the same card to the worker, the driver and the report',
  (device, kind, gpu, visible, key, words) => {
    const name = device ?? ''
    const gpus = [fast, slow]
    expect([
      deviceKindOf(name),
      gpuOf(name, gpus),
      visibleGpu(name, gpus),
      deviceKey(name),
      deviceWords(name, gpus),
    ]).toEqual([kind, gpu, visible, key, words])
  },
)

test('where the driver tells no UUID, the first card needs no choice and another one is chosen by number', () => {
  expect([visibleGpu('cuda', [unnamed]), visibleGpu('cuda:1', [unnamed, unnamed])]).toEqual([null, '1'])
})
