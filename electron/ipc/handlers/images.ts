import { listImages } from '../../inputs/image-files.ts'
import type { HandlerContext } from '../handler-context.ts'
import type { Handlers } from '../router.ts'
import { readSamplePictures } from '../sample-pictures.ts'

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
