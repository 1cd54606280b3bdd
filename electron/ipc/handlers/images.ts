import { listImageFiles } from '../../inputs/image-files.ts'
import { readSampleImages } from '../../inputs/sample-images.ts'
import type { HandlerContext } from '../handler-context.ts'
import type { Handlers } from '../router.ts'

export function imageHandlers({
  services,
  dialogs,
  allowedPaths,
}: HandlerContext): Pick<Handlers, 'images:choose-folder' | 'images:samples'> {
  return {
    'images:choose-folder': async () => {
      const folder = await dialogs.chooseFolder('Choose a folder of images')
      if (folder === null) return null
      const imageCount = (await listImageFiles(folder)).length
      allowedPaths.allow(folder)
      return { folder, imageCount }
    },
    'images:samples': () => readSampleImages(services.paths.samplesFolder),
  }
}
