import { describe, expect, it } from 'vitest'
import { type BackendDriver, type OpenTaskWorker, workerAnswering } from '../../../electron/backends/backend-driver.ts'
import { createBackendCatalog, createPythonDescriptions } from '../../../electron/backends/registry.ts'
import { createSimulatedDriver } from '../../../electron/backends/simulated-driver.ts'
import { type BackendId, type BackendStatus, backendIds } from '../../../shared/domain/backend.ts'
import { BenchError } from '../../../shared/domain/bench-error.ts'

const noPython = new BenchError({
  code: 'python-unavailable',
  stage: 'setup',
  message: 'No Python environment.',
  remedy: 'Create it on the Setup screen.',
})

const bug = async () => {
  throw new Error('not part of this test')
}

function answering(ids: readonly BackendId[], asked: BackendId[] = []): OpenTaskWorker {
  return async (backend) => {
    asked.push(backend)
    return workerAnswering({ 'describe-backends': async () => ({ backends: ids.map(readyStatus) }) })
  }
}

function readyStatus(id: BackendId): BackendStatus {
  return {
    id,
    runsIn: 'python',
    available: true,
    reason: null,
    remedy: null,
    version: '1',
    precisions: ['fp32'],
    devices: ['cpu'],
    licence: null,
    optionsSchema: null,
  }
}

describe('what Python backends say of themselves', () => {
  it('is the reason and the remedy of the missing environment where there is none', async () => {
    const descriptions = createPythonDescriptions(
      async () => {
        throw noPython
      },
      () => {},
    )
    expect(await descriptions.describe('ultralytics')).toEqual({
      id: 'ultralytics',
      runsIn: 'python',
      available: false,
      reason: 'No Python environment.',
      remedy: 'Create it on the Setup screen.',
      version: null,
      precisions: [],
      devices: [],
      licence: 'AGPL-3.0',
      optionsSchema: null,
    })
  })

  it('is asked once of each environment, and again when forgotten', async () => {
    const asked: BackendId[] = []
    const descriptions = createPythonDescriptions(
      answering(['torch-eager', 'onnxruntime', 'ultralytics'], asked),
      () => {},
    )
    const ids = ['onnxruntime', 'torch-eager', 'ultralytics', 'onnxruntime'] as const
    const statuses = await Promise.all(ids.map((id) => descriptions.describe(id)))
    expect(statuses.map(({ id, available }) => [id, available])).toEqual(ids.map((id) => [id, true]))
    expect(asked).toEqual(['torch-eager', 'ultralytics'])
    descriptions.forget()
    await descriptions.describe('onnxruntime')
    expect(asked).toEqual(['torch-eager', 'ultralytics', 'torch-eager'])
  })

  it('comes from the environment of each, and one that is missing holds up no other', async () => {
    const ready = answering(['torch-eager', 'openvino', 'tensorrt'])
    const descriptions = createPythonDescriptions(
      async (backend, log, signal) => {
        if (backend === 'tensorrt') throw noPython
        return ready(backend, log, signal)
      },
      () => {},
    )
    const ids = ['torch-eager', 'tensorrt', 'openvino'] as const
    const statuses = await Promise.all(ids.map((id) => descriptions.describe(id)))
    expect(statuses.map(({ id, available, licence }) => [id, available, licence])).toEqual([
      ['torch-eager', true, null],
      ['tensorrt', false, 'LicenseRef-NVIDIA-TensorRT'],
      ['openvino', true, null],
    ])
  })

  it('lists a backend that the worker does not know with a reason', async () => {
    const descriptions = createPythonDescriptions(answering(['torch-eager']), () => {})
    expect(await descriptions.describe('openvino')).toMatchObject({
      available: false,
      reason: 'This version of the Python worker does not offer it.',
    })
  })

  it('does not hide a bug behind a reason', async () => {
    const descriptions = createPythonDescriptions(bug, () => {})
    await expect(descriptions.describe('onnxruntime')).rejects.toThrow('not part of this test')
  })
})

describe('the backend catalog', () => {
  function driverOf(id: BackendId, describes: () => void): BackendDriver {
    const describe = async () => {
      describes()
      return readyStatus(id)
    }
    return { id, describe, open: bug }
  }

  it('lists every backend in the order of the design and asks again only when told', async () => {
    let asked = 0
    let forgotten = 0
    const shuffled = [...backendIds].reverse().map((id) => driverOf(id, () => asked++))
    const drivers = new Map(shuffled.map((driver) => [driver.id, driver]))
    const catalog = createBackendCatalog(drivers, () => forgotten++)
    expect((await catalog.list()).map(({ id }) => id)).toEqual(backendIds)
    await catalog.list()
    expect([asked, forgotten]).toEqual([backendIds.length, 0])
    await catalog.list({ refresh: true })
    expect([asked, forgotten]).toEqual([backendIds.length * 2, 1])
  })

  it('holds the simulated backend beside the real ones', async () => {
    const simulated = createSimulatedDriver()
    expect(await createBackendCatalog(new Map([['simulated', simulated]]), () => {}).list()).toEqual([
      await simulated.describe(),
    ])
  })
})

const killed = new BenchError({
  code: 'worker-crashed',
  stage: 'setup',
  message: 'The worker was killed (SIGKILL); nothing shows that memory was short.',
  remedy: 'Run it again.',
})

it('fault-02 a worker that is killed while it describes its backends is asked once more', async () => {
  let asked = 0
  const ready = answering(['torch-eager'])
  const descriptions = createPythonDescriptions(
    (...words) => {
      asked += 1
      return asked === 1 ? Promise.reject(killed) : ready(...words)
    },
    () => {},
  )
  expect(await descriptions.describeOrThrow('torch-eager')).toMatchObject({ available: true })
  expect(asked).toBe(2)
})

it('fault-02 a killed worker is no statement about what can be built, and the next question asks again', async () => {
  let asked = 0
  const descriptions = createPythonDescriptions(
    () => {
      asked += 1
      return Promise.reject(killed)
    },
    () => {},
  )
  await expect(descriptions.describeOrThrow('tensorrt')).rejects.toBe(killed)
  expect(await descriptions.describe('tensorrt')).toMatchObject({
    available: false,
    reason: `It could not be asked what it can do. ${killed.record.message}`,
    remedy: killed.record.remedy,
  })
  expect(asked).toBe(4)
})
