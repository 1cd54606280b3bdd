import { readFile } from 'node:fs/promises'
import { basename, extname, isAbsolute, join } from 'node:path'
import { BenchError, type BenchErrorCode } from '../../../shared/domain/bench-error.ts'
import { samplePhotographsSchema } from '../../../shared/domain/sample-photographs.ts'
import { listImages } from '../../inputs/image-files.ts'
import type { HandlerContext } from '../handler-context.ts'
import type { Handlers } from '../router.ts'

type ModelHandlers = Pick<
  Handlers,
  | 'models:list'
  | 'model:choose-file'
  | 'model:open-dropped'
  | 'model:choose-source-path'
  | 'model:inspect-source'
  | 'weights:choose-folder'
>

export function modelHandlers({ services, dialogs, allowedPaths }: HandlerContext): ModelHandlers {
  const open = async (file: string) => {
    const { manifest } = await services.models.find(file)
    allowedPaths.allow(file)
    return { file, manifest }
  }

  return {
    'models:list': () => services.models.list(),
    'model:choose-file': async () => {
      const file = await dialogs.chooseFile('Choose an ONNX model', { name: 'ONNX model', extensions: ['onnx'] })
      return file === null ? null : open(file)
    },
    'model:open-dropped': async ({ file }) => {
      checkDroppedFile(file)
      return open(file)
    },
    'model:choose-source-path': async ({ of }) => {
      const path =
        of === 'folder'
          ? await dialogs.chooseFolder('Choose the folder of a model')
          : await dialogs.chooseFile('Choose the Python file of a model', { name: 'Python', extensions: ['py'] })
      if (path === null) return null
      allowedPaths.allow(path)
      return { path }
    },
    'model:inspect-source': async ({ model, consent }) => {
      allowedPaths.checkModel(model)
      if (consent) await services.models.trust(model)
      const { manifest } = await services.models.find(model)
      return { file: model, manifest }
    },
    'weights:choose-folder': async () => {
      const folder = await dialogs.chooseFolder('Choose the folder with the weights')
      if (folder === null) return null
      allowedPaths.allow(folder)
      return { folder }
    },
  }
}

// What may be dropped on the window: one .onnx file from this machine. Anything else is refused by name before it is
// read, with what to do instead.

interface Refusal {
  readonly code: BenchErrorCode
  readonly why: string
  readonly remedy: string
}

const engine: Refusal = {
  code: 'untrusted-engine',
  why: 'is a built engine, which runs as code once it is loaded',
  remedy: 'Drop the .onnx file that it was built from, and build the engine here.',
}
const pickle: Refusal = {
  code: 'unsafe-model-file',
  why: 'is a PyTorch file, which may run code when it is opened',
  remedy: 'Export it to ONNX where you trust it, and drop the .onnx file.',
}
const weights: Refusal = {
  code: 'bad-model-file',
  why: 'holds weights without a model',
  remedy: 'Choose the folder that holds it as the weights of a model in the list, or drop an .onnx file.',
}
const other: Refusal = {
  code: 'bad-model-file',
  why: 'is not an ONNX model',
  remedy: 'Drop a file whose name ends in .onnx.',
}
const refusals: Readonly<Record<string, Refusal>> = {
  '.engine': engine,
  '.plan': engine,
  '.trt': engine,
  '.pt': pickle,
  '.pth': pickle,
  '.ckpt': pickle,
  '.safetensors': weights,
}

/** Throws BenchError unless the path may be opened as the user's model. */
export function checkDroppedFile(file: string): void {
  // A page can make a File object of its own, which has no path.
  if (!isAbsolute(file)) throw refused('What was dropped', { ...other, why: 'is not a file on this machine' })
  const extension = extname(file).toLowerCase()
  if (extension !== '.onnx') throw refused(`"${basename(file)}"`, refusals[extension] ?? other)
}

function refused(what: string, { code, why, remedy }: Refusal): BenchError {
  return new BenchError({ code, stage: 'plan', message: `${what} ${why}.`, remedy })
}

export function imageHandlers({
  services,
  dialogs,
  allowedPaths,
}: HandlerContext): Pick<Handlers, 'images:choose-folder' | 'images:samples'> {
  return {
    'images:choose-folder': async () => {
      const folder = await dialogs.chooseFolder('Choose a folder of images')
      if (folder === null) return null
      const imageCount = (await listImages(folder)).length
      allowedPaths.allow(folder)
      return { folder, imageCount }
    },
    'images:samples': () => readSamplePictures(services.paths.samplesFolder),
  }
}

// The pictures that ship with the app, with their credits. The list is a data file next to them.

interface SamplePicture {
  readonly file: string
  readonly title: string
  readonly author: string
  readonly licence: string
}

export async function readSamplePictures(samplesFolder: string): Promise<SamplePicture[]> {
  const text = await readFile(join(samplesFolder, 'samples.json'), 'utf8')
  return samplePhotographsSchema
    .parse(JSON.parse(text))
    .flatMap(({ files, title, author, licence }) => files.map(({ name }) => ({ file: name, title, author, licence })))
}
