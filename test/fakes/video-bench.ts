// Videos to analyse, made by the Python that the tests were given, and a small model that answers for an embedder: digits
// cannot embed, but its scores are rows of numbers all the same.
import { execFile } from 'node:child_process'
import { cp, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createServices } from '../../electron/compose.ts'
import type { Services } from '../../electron/services.ts'
import { resolvePaths } from '../../electron/system/paths.ts'
import type { VideoEvent } from '../../shared/domain/video-event.ts'
import type { VideoRecord } from '../../shared/domain/video-record.ts'

const repository = join(import.meta.dirname, '../..')

/** @param script lines that call the functions of video_files.py; `folder` is a Path. */
export async function makeVideos(python: string, folder: string, script: readonly string[]): Promise<void> {
  await mkdir(folder, { recursive: true })
  const start = [
    'import sys',
    'from pathlib import Path',
    `sys.path.insert(0, ${JSON.stringify(join(repository, 'test/electron/python'))})`,
    'from video_files import *',
    `folder = Path(${JSON.stringify(folder)})`,
  ]
  await promisify(execFile)(python, ['-B', '-c', [...start, ...script].join('\n')])
}

/** The shipped models, and `tiny-embedder`. */
export async function videoServices(home: string, python: string): Promise<Services> {
  const modelsFolder = join(home, 'models')
  const tiny = join(modelsFolder, 'tiny-embedder')
  await cp(join(repository, 'models'), modelsFolder, { recursive: true })
  await cp(join(modelsFolder, 'digits'), tiny, { recursive: true })
  const { default: digits } = await import('../../models/digits/model.json', { with: { type: 'json' } })
  const manifest = {
    ...digits,
    ...{ id: 'tiny-embedder', name: 'Tiny embedder', task: 'image-embedding', postprocessing: 'embedding' },
    preprocessing: { ...digits.preprocessing, resize: 'exact', rescale: 1 / 255 },
  }
  await writeFile(join(tiny, 'model.json'), JSON.stringify(manifest))
  const paths = resolvePaths({
    ...{ applicationFolder: repository, shippedFolder: repository, platform: process.platform, home },
    environment: { ENGINEBENCH_HOME: home },
  })
  const services = createServices({
    paths: { ...paths, modelsFolder },
    renderPdf: () => Promise.reject(new Error('Nothing is printed here.')),
  })
  await services.pythonEnvironments.adopt('main', python)
  return services
}

export async function analyzed(
  services: Services,
  library: string,
  analyzer: object,
  outFolder: string,
  onEvent: (event: VideoEvent, cancel: () => void) => void = () => undefined,
): Promise<VideoRecord> {
  const analyzerFile = `${outFolder}.analyzer.json`
  await writeFile(analyzerFile, JSON.stringify(analyzer))
  let cancel = () => {}
  const started = await services.video.start({ library, analyzerFile, outFolder }, (event) =>
    onEvent(event, () => cancel()),
  )
  cancel = () => started.cancel()
  return started.finished
}
