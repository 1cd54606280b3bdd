// The pictures that ship with the app, with whom to thank for them. The list is data beside them.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { samplePhotographsSchema } from '../../shared/domain/sample-photographs.ts'

export interface SamplePicture {
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
