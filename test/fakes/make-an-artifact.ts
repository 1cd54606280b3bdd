// Run as a process of its own by a test: makes one artifact of `sizeBytes` under a given key, slowly enough for another
// process to come and wait, and prints what became of it.
import { readdirSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { createKeyedArtifacts } from '../../electron/conversions/keyed-artifacts.ts'
import { fileSha256 } from '../../electron/inputs/file-hash.ts'
import { writing } from '../../electron/store/atomic-file.ts'
import { BenchError } from '../../shared/domain/bench-error.ts'

const [folder = '', key = '', sizeBytes = '0'] = process.argv.slice(2)
const keyed = createKeyedArtifacts(folder, () => new Date())
let builds = 0
const made = await keyed
  .make(key, {}, async (unfinished) => {
    builds += 1
    const file = join(unfinished, 'engine.plan')
    await delay(500)
    await writing(file, () => writeFile(file, 'x'.repeat(Number(sizeBytes))))
    return {
      file,
      recipe: null,
      facts: {
        kind: 'tensorrt-engine',
        modelId: 'tiny',
        precision: 'fp16',
        opset: 17,
        sha256: await fileSha256(file),
        sizeBytes: Number(sizeBytes),
        buildTimeMs: 500,
        parents: [],
        weights: 'own',
        parity: { verdict: 'pass', reason: 'cosine 1', byBatchSize: [] },
        layerPrecision: null,
        tools: {},
        step: 'engine',
      },
    }
  })
  .then(
    () => 'made',
    (error: unknown) => (error instanceof BenchError ? error.record.code : String(error)),
  )
console.log(JSON.stringify({ made, builds, left: readdirSync(folder) }))
