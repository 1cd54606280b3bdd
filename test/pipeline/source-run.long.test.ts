// A model of the user's own code for real: the app's own services and real Python workers, from consent to the record.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Plan } from '../../shared/domain/plan.ts'
import { runRecordSchema } from '../../shared/domain/run.ts'
import { conversionServices, testMain } from '../fakes/conversion-bench.ts'
import { exampleRecord } from '../fakes/example-record.ts'
import { caseOf } from '../fakes/run-bench.ts'
import { temporaryFolder } from '../fakes/temporary-folder.ts'

const root = temporaryFolder()

const code = `
import torch
from torch import nn

print('{"message": "closed"}')

def make():
    return nn.Sequential(nn.Conv2d(3, 4, 3, 2), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten()), torch.zeros(1, 3, 16, 16)
`

test.runIf(testMain !== null)(
  "the user's own code runs in PyTorch and, exported once, in ONNX Runtime, and is labelled as seeded",
  async () => {
    const file = join(root, 'code', 'net.py')
    await mkdir(join(root, 'code'))
    await writeFile(file, code)
    const services = await conversionServices(join(root, 'home'), { main: testMain })
    const model = `${file}:make`
    await expect(services.models.find(model)).rejects.toMatchObject({ record: { code: 'untrusted-code' } })
    await services.models.trust(model)
    const candidates = (['torch-eager', 'onnxruntime'] as const).map((backend) => {
      return { backend, precision: 'fp32' as const, options: {} }
    })
    const plan: Plan = {
      ...exampleRecord().plan,
      ...{ model, candidates, imageLimit: 4, threads: 1, weights: { kind: 'auto' }, budget: { mostLaunches: 1 } },
    }
    const exported: string[] = []
    const run = async () => {
      const started = await services.runs.start(plan, null, (event) => {
        if (event.kind === 'stage' && event.message.includes('exporting')) exported.push(event.message)
      })
      return started.finished
    }
    const record = await run()
    expect(runRecordSchema.parse(record)).toEqual(record)
    expect(record).toMatchObject({ state: 'completed', modelName: 'net.make' })
    for (const caseKey of ['torch-eager-fp32', 'onnxruntime-fp32']) {
      expect(caseOf(record, caseKey)).toMatchObject({ state: 'completed', weights: 'seeded' })
    }
    await run()
    expect(exported.length).toBe(1)
    await services.runs.shutdown()
  },
  240_000,
)
