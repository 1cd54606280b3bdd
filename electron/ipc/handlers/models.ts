import { checkDroppedFile } from '../dropped-file.ts'
import type { HandlerContext } from '../handler-context.ts'
import type { Handlers } from '../router.ts'

type ModelHandlers = Pick<
  Handlers,
  'models:list' | 'model:choose-file' | 'model:open-dropped' | 'weights:choose-folder'
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
    'weights:choose-folder': async () => {
      const folder = await dialogs.chooseFolder('Choose the folder with the weights')
      if (folder === null) return null
      allowedPaths.allow(folder)
      return { folder }
    },
  }
}
