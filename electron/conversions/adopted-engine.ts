// Adds an engine that was built elsewhere. Opening an engine runs its code, so the user consents first; the file is
// copied, hashed and marked, never opened here. Throws BenchError `untrusted-engine`, `missing-artifact`, `bad-usage`.

import { copyFile, stat } from 'node:fs/promises'
import { extname, join, parse } from 'node:path'
import type { Artifact } from '../../shared/domain/artifact.ts'
import { type ArtifactKind, artifactKinds, foreignKindOf } from '../../shared/domain/artifact-kind.ts'
import { BenchError } from '../../shared/domain/bench-error.ts'
import { fileSha256, valueSha256 } from '../inputs/file-hash.ts'
import type { KeyedArtifacts } from '../inputs/keyed-artifacts.ts'
import type { ArtifactStore } from '../services.ts'
import { artifactFiles, artifactSha256 } from './artifact-folder.ts'
import { pluginInFolder } from './plugin-library.ts'

export async function adoptEngine(
  keyed: KeyedArtifacts,
  { file, modelId, precision, consent, plugin }: Parameters<ArtifactStore['adopt']>[0],
): Promise<Artifact> {
  if (!consent) throw untrusted(file)
  const kind = foreignKindOf(extname(file))
  if (kind === null) throw notAnEngine(file)
  if (plugin !== null && kind !== 'tensorrt-engine') throw noPlugins(file)
  const found = await stat(file).catch(() => null)
  if (!found?.isFile()) throw missing(file)
  if (found.size === 0) throw empty(file)
  const files = await ownFiles(file, kind)
  const sha256 = await artifactSha256Of(files, file, kind)
  const plugged = plugin === null ? {} : { plugin: plugin.sha256 }
  const key = valueSha256({ adopted: sha256, modelId, precision, kind, ...plugged })
  const there = await keyed.lookUp(key)
  if (there !== null) return there
  return keyed.make(key, {}, async (folder) => {
    const name = (each: string) =>
      join(folder, kind === 'tensorrt-engine' ? artifactKinds[kind].fileName : parse(each).base)
    for (const each of files) await copyFile(each, name(each))
    const copied = name(file)
    let sizeBytes = 0
    for (const each of await artifactFiles(copied, kind)) sizeBytes += (await stat(each)).size
    return {
      file: copied,
      recipe: null,
      facts: {
        kind,
        modelId,
        precision,
        opset: null,
        sha256: await artifactSha256(copied, kind),
        sizeBytes,
        buildTimeMs: 0,
        parents: [],
        weights: 'own',
        parity: { verdict: 'not-judged', reason: 'It came from elsewhere: nothing here made it.', byBatchSize: [] },
        layerPrecision: null,
        tools: {},
        step: 'engine',
        adopted: true,
        ...(plugin !== null && { plugin: await pluginInFolder(plugin, folder) }),
      },
    }
  })
}

/** A user's folder may hold other files of the same stem; only an IR's weights belong to the engine. */
async function ownFiles(file: string, kind: ArtifactKind): Promise<readonly string[]> {
  if (kind !== 'openvino-ir') return [file]
  const weights = join(parse(file).dir, `${parse(file).name}.bin`)
  if (!(await stat(weights).catch(() => null))?.isFile()) throw missing(weights)
  return [file, weights]
}

async function artifactSha256Of(files: readonly string[], file: string, kind: ArtifactKind): Promise<string> {
  if (files.length === 1) return fileSha256(file)
  const each = await Promise.all(files.map((one) => fileSha256(one)))
  return valueSha256({ kind, each })
}

function untrusted(file: string): BenchError {
  return new BenchError({
    code: 'untrusted-engine',
    stage: 'load',
    message: `${file} was built elsewhere, and an engine is code: opening it runs that code.`,
    remedy: 'Adopt it only if you trust its source, and confirm that; or convert the model here.',
  })
}

function notAnEngine(file: string): BenchError {
  return new BenchError({
    code: 'bad-usage',
    stage: 'load',
    message: `${file} is not an engine: engine files end in .plan, .engine, .trt or .xml.`,
    remedy: 'Choose an engine file. To use an .onnx file, open it as a model.',
  })
}

function empty(file: string): BenchError {
  return new BenchError({
    code: 'bad-model-file',
    stage: 'load',
    message: `${file} is empty.`,
    remedy: 'Copy the engine again, or build it again.',
  })
}

function noPlugins(file: string): BenchError {
  return new BenchError({
    code: 'bad-usage',
    stage: 'load',
    message: `${file} is not a TensorRT engine, and only those load a plugin library.`,
    remedy: 'Leave the plugin library out.',
  })
}

function missing(file: string): BenchError {
  return new BenchError({
    code: 'missing-artifact',
    stage: 'load',
    message: `${file} was not found.`,
    remedy: 'Check the path. An OpenVINO model needs its .bin file next to its .xml file.',
  })
}
