// The pictures that ship with the app, with whom to thank for them. The list is data beside them.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'

const sampleListSchema = z.object({
  images: z.array(z.object({ file: z.string(), title: z.string(), author: z.string(), licence: z.string() })),
})

export type SamplePicture = z.infer<typeof sampleListSchema>['images'][number]

export async function readSamplePictures(samplesFolder: string): Promise<readonly SamplePicture[]> {
  const text = await readFile(join(samplesFolder, 'manifest.json'), 'utf8')
  return sampleListSchema.parse(JSON.parse(text)).images
}
