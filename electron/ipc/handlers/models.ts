import type { HandlerContext } from '../handler-context.ts'
import type { Handlers } from '../router.ts'

export function modelHandlers({
  services,
  dialogs,
  allowedPaths,
}: HandlerContext): Pick<Handlers, 'models:list' | 'model:choose-file' | 'weights:choose-folder'> {
  return {
    'models:list': () => services.models.list(),
    'model:choose-file': async () => {
      const file = await dialogs.chooseFile('Choose an ONNX model', { name: 'ONNX model', extensions: ['onnx'] })
      if (file === null) return null
      const { manifest } = await services.models.find(file)
      allowedPaths.allow(file)
      return { file, manifest }
    },
    'weights:choose-folder': async () => {
      const folder = await dialogs.chooseFolder('Choose the folder with the weights')
      if (folder === null) return null
      allowedPaths.allow(folder)
      return { folder }
    },
  }
}
